// SPDX-License-Identifier: Apache-2.0
#include "traces/trace_file.h"

#include <zstd.h>

#include <vector>

#include "sim/core/error.h"

namespace brownout::traces {
namespace {

bool is_compressed(std::string_view path) {
  constexpr std::string_view kSuffix = ".zst";
  return path.size() > kSuffix.size() && path.substr(path.size() - kSuffix.size()) == kSuffix;
}

}  // namespace

/// A zstd frame under way, with a checksum so that a damaged file is noticed.
class TraceFile::Compressor {
 public:
  Compressor() : context_(ZSTD_createCCtx()), output_(ZSTD_CStreamOutSize()) {
    require(context_ != nullptr, "zstd has memory for a context");
    check(ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_compressionLevel, kLevel));
    check(ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_checksumFlag, 1));
  }

  /// Takes `text` in and gives what comes out to `store`; all of it when this is the end.
  template <class Store>
  void feed(std::string_view text, bool is_end, Store store) {
    ZSTD_inBuffer input = {text.data(), text.size(), 0};
    std::size_t remaining = 0;
    do {
      ZSTD_outBuffer output = {output_.data(), output_.size(), 0};
      remaining = check(ZSTD_compressStream2(context_.get(), &output, &input,
                                             is_end ? ZSTD_e_end : ZSTD_e_continue));
      store(std::string_view(output_.data(), output.pos));
    } while (input.pos < input.size || (is_end && remaining != 0));
  }

 private:
  static constexpr int kLevel = 3;

  static std::size_t check(std::size_t code) {
    if (ZSTD_isError(code) != 0) throw SimulationError(ZSTD_getErrorName(code));
    return code;
  }

  struct Release {
    void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
  };
  std::unique_ptr<ZSTD_CCtx, Release> context_;
  std::vector<char> output_;
};

TraceFile::TraceFile(std::string path)
    : path_(std::move(path)),
      file_(path_),
      compressor_(is_compressed(path_) ? std::make_unique<Compressor>() : nullptr) {}

TraceFile::~TraceFile() = default;

void TraceFile::flush() {
  const std::string_view text(pending_.data(), pending_.size());
  if (compressor_ == nullptr) {
    store(text);
  } else {
    compressor_->feed(text, false, [this](std::string_view bytes) { store(bytes); });
  }
  flushed_ += pending_.size();
  pending_.clear();
}

void TraceFile::store(std::string_view bytes) {
  file_.stream().write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  if (!file_.stream()) file_.commit();  // throws the reason, and nothing gets the name
}

void TraceFile::commit() {
  flush();
  if (compressor_ != nullptr) {
    compressor_->feed({}, true, [this](std::string_view bytes) { store(bytes); });
  }
  file_.commit();
}

}  // namespace brownout::traces
