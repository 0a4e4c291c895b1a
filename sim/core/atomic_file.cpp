// SPDX-License-Identifier: Apache-2.0
#include "sim/core/atomic_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <streambuf>
#include <system_error>
#include <utility>

#include "sim/core/error.h"

namespace brownout {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const std::string& path, const char* action, int error_number) {
  throw InputError(
      fmt::format("{}: cannot {}: {}", path, action, std::system_category().message(error_number)));
}

/// An open file; closed at the end of the scope.
class FileDescriptor {
 public:
  explicit FileDescriptor(int fd) : fd_(fd) {}
  ~FileDescriptor() { close(); }
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  FileDescriptor(FileDescriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  FileDescriptor& operator=(FileDescriptor&&) = delete;

  [[nodiscard]] int get() const { return fd_; }
  /// Returns close's verdict: network file systems report a failed write only here.
  int close() { return fd_ < 0 ? 0 : ::close(std::exchange(fd_, -1)); }

 private:
  int fd_;
};

/// Writes all of `data`; returns 0 or the error number.
int write_all(int fd, std::string_view data) {
  while (!data.empty()) {
    const ssize_t written = ::write(fd, data.data(), data.size());
    if (written >= 0) {
      data.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno != EINTR) {
      return errno;
    }
  }
  return 0;
}

/// A stream buffer over a file descriptor that remembers why a write failed.
class DescriptorBuffer : public std::streambuf {
 public:
  explicit DescriptorBuffer(int fd) : fd_(fd) { reset(); }
  [[nodiscard]] int error_number() const { return error_number_; }

 protected:
  int_type overflow(int_type character) override {
    if (sync() != 0) return traits_type::eof();
    if (!traits_type::eq_int_type(character, traits_type::eof())) {
      *pptr() = traits_type::to_char_type(character);
      pbump(1);
    }
    return traits_type::not_eof(character);
  }

  int sync() override {
    if (error_number_ == 0) {
      error_number_ = write_all(fd_, {pbase(), static_cast<std::size_t>(pptr() - pbase())});
    }
    reset();
    return error_number_ == 0 ? 0 : -1;
  }

 private:
  void reset() { setp(buffer_.data(), buffer_.data() + buffer_.size()); }

  int fd_;
  int error_number_ = 0;
  std::array<char, 1U << 16U> buffer_;
};

std::string folder_of(const std::string& path) {
  const fs::path folder = fs::path(path).parent_path();
  return folder.empty() ? "." : folder.string();
}

/// Makes a new or renamed directory entry durable.
void sync_folder(const std::string& folder) {
  const FileDescriptor fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (fd.get() < 0) fail(folder, "open folder", errno);
  // Some network file systems do not sync folders and say EINVAL; nothing more can be done there.
  if (::fsync(fd.get()) != 0 && errno != EINVAL) fail(folder, "sync folder", errno);
}

struct TemporaryFile {
  std::string path;
  FileDescriptor fd;
};

TemporaryFile create_beside(const std::string& path) {
  const fs::path target(path);
  for (unsigned n = 0;; ++n) {
    const std::string name =
        fmt::format(".{}.{}.{}.tmp", target.filename().string(), ::getpid(), n);
    std::string temporary = (target.parent_path() / name).string();
    // O_EXCL also keeps apart processes of equal number on two machines of a shared file system.
    FileDescriptor fd(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
    if (fd.get() >= 0) return {std::move(temporary), std::move(fd)};
    if (errno != EEXIST) fail(path, "create", errno);
  }
}

/// Length of the whole lines at the start of a file of `size` bytes.
off_t whole_lines(int fd, off_t size, const std::string& path) {
  std::array<char, 4096> block{};
  while (size > 0) {
    const auto length = std::min<off_t>(size, static_cast<off_t>(block.size()));
    const ssize_t got = ::pread(fd, block.data(), static_cast<std::size_t>(length), size - length);
    if (got != length) fail(path, "read", got < 0 ? errno : EIO);
    const std::string_view tail(block.data(), static_cast<std::size_t>(length));
    const std::size_t newline = tail.rfind('\n');
    if (newline != std::string_view::npos) return size - length + static_cast<off_t>(newline) + 1;
    size -= length;
  }
  return 0;
}

}  // namespace

class AtomicFile::State {
 public:
  explicit State(std::string path)
      : path_(std::move(path)), file_(create_beside(path_)), buffer_(file_.fd.get()) {}
  ~State() {
    if (!committed_) ::unlink(file_.path.c_str());
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  State(State&&) = delete;
  State& operator=(State&&) = delete;

  std::ostream& stream() { return stream_; }

  void commit() {
    require(!committed_, "an AtomicFile is committed once");
    stream_.flush();
    if (buffer_.error_number() != 0) fail(path_, "write", buffer_.error_number());
    require(stream_.good(), "the stream of an AtomicFile is good when committed");
    if (::fsync(file_.fd.get()) != 0) fail(path_, "sync", errno);
    if (file_.fd.close() != 0) fail(path_, "close", errno);
    if (std::rename(file_.path.c_str(), path_.c_str()) != 0) fail(path_, "replace", errno);
    committed_ = true;
    sync_folder(folder_of(path_));
  }

 private:
  std::string path_;
  TemporaryFile file_;
  DescriptorBuffer buffer_;
  std::ostream stream_{&buffer_};
  bool committed_ = false;
};

AtomicFile::AtomicFile(std::string path) : state_(std::make_unique<State>(std::move(path))) {}
AtomicFile::~AtomicFile() = default;
std::ostream& AtomicFile::stream() { return state_->stream(); }
void AtomicFile::commit() { state_->commit(); }

void write_file_atomically(const std::string& path, std::string_view contents) {
  AtomicFile file(path);
  file.stream().write(contents.data(), static_cast<std::streamsize>(contents.size()));
  file.commit();
}

void append_line_durably(const std::string& path, std::string_view line) {
  require(line.find('\n') == std::string_view::npos, "an appended line holds no newline");
  FileDescriptor fd(::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0666));
  if (fd.get() < 0) fail(path, "open", errno);
  // A file system without locks leaves one writer per file, which is how sweeps use it anyway.
  while (::flock(fd.get(), LOCK_EX) != 0 && errno == EINTR) {
  }
  struct stat status {};
  if (::fstat(fd.get(), &status) != 0) fail(path, "inspect", errno);
  const off_t end = whole_lines(fd.get(), status.st_size, path);
  if (end != status.st_size && ::ftruncate(fd.get(), end) != 0) fail(path, "truncate", errno);
  const int error_number = write_all(fd.get(), std::string(line) + '\n');
  if (error_number != 0) {
    // Best effort: whatever stays of the line is cut off by the next append.
    [[maybe_unused]] const int ignored = ::ftruncate(fd.get(), end);
    fail(path, "append", error_number);
  }
  if (::fsync(fd.get()) != 0) fail(path, "sync", errno);
  if (fd.close() != 0) fail(path, "close", errno);
  if (status.st_size == 0) sync_folder(folder_of(path));
}

}  // namespace brownout
