// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/results_folder.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include "sim/core/atomic_file.h"
#include "sim/core/error.h"
#include "sim/sweep/csv.h"

namespace brownout::sweep {
namespace {

namespace fs = std::filesystem;

bool holds(const fs::path& folder, const char* name) {
  std::error_code error;
  return fs::exists(folder / name, error);
}

std::string header_line() { return join_csv(point_columns()); }

}  // namespace

void require_no_results(const fs::path& folder) {
  for (const char* name : {kManifestFile, kPointsFile, kLayersFile, kReportFile}) {
    if (holds(folder, name)) {
      throw InputError(
          fmt::format("{}: already holds results ({}); choose another folder with "
                      "--out, or continue an interrupted sweep with --resume",
                      folder.string(), name));
    }
  }
}

ResultsFolder::ResultsFolder(fs::path folder, OpenMode mode, const Manifest& manifest,
                             const std::vector<Point>& plan)
    : folder_(std::move(folder)) {
  if (mode == OpenMode::kNew) require_no_results(folder_);
  std::error_code error;
  fs::create_directories(folder_, error);
  if (error) throw InputError(folder_.string() + ": cannot create folder: " + error.message());
  lock();
  try {
    // Again under the lock: two processes may have started at once.
    if (mode == OpenMode::kNew) require_no_results(folder_);
    if (holds(folder_, kManifestFile)) {
      require_same(read_manifest(file(kManifestFile)), manifest, file(kManifestFile));
      resume(plan);
    } else {
      begin(manifest);
    }
  } catch (...) {
    ::close(lock_);
    throw;
  }
}

ResultsFolder::~ResultsFolder() { ::close(lock_); }

void ResultsFolder::lock() {
  lock_ = ::open(folder_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (lock_ < 0) {
    throw InputError(folder_.string() +
                     ": cannot open folder: " + std::system_category().message(errno));
  }
  if (::flock(lock_, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK) return;
  ::close(lock_);
  throw InputError(folder_.string() + ": another process is writing these results");
}

void ResultsFolder::begin(const Manifest& manifest) const {
  if (holds(folder_, kPointsFile)) {
    throw InputError(fmt::format("{}: has {} but no {}, so nobody knows what its points are",
                                 folder_.string(), kPointsFile, kManifestFile));
  }
  write_file_atomically(file(kManifestFile), to_json(manifest));
}

void ResultsFolder::resume(const std::vector<Point>& plan) {
  if (!holds(folder_, kPointsFile)) return;
  const CsvFile csv = read_csv(file(kPointsFile), point_columns());
  for (const CsvRow& row : csv.rows) {
    const Point point = parse_point(csv, row).point;
    if (point.index >= plan.size() || !(point == plan[point.index])) {
      throw InputError(
          fmt::format("{}:{}: point {} is none of this sweep's", csv.path, row.line, point.index));
    }
    if (!rows_.emplace(point.index, row.fields).second) {
      throw InputError(
          fmt::format("{}:{}: point {} appears twice", csv.path, row.line, point.index));
    }
  }
}

void ResultsFolder::write_layer_rows(const std::vector<LayerRow>& rows) const {
  write_layers(file(kLayersFile), rows);
}

void ResultsFolder::append(const PointResult& result) {
  if (!holds(folder_, kPointsFile)) {
    write_file_atomically(file(kPointsFile), header_line() + "\n");
  }
  std::vector<std::string> fields = point_fields(result);
  append_line_durably(file(kPointsFile), join_csv(fields));
  rows_.emplace(result.point.index, std::move(fields));
}

void ResultsFolder::finish() const {
  AtomicFile points(file(kPointsFile));
  points.stream() << header_line() << '\n';
  for (const auto& [index, fields] : rows_) points.stream() << join_csv(fields) << '\n';
  points.commit();
}

Results read_results(const fs::path& folder) {
  Results results;
  for (const char* name : {kManifestFile, kPointsFile, kLayersFile}) {
    if (!holds(folder, name)) {
      throw InputError(fmt::format("{}: no results, {} is missing", folder.string(), name));
    }
  }
  results.manifest = read_manifest((folder / kManifestFile).string());
  const CsvFile csv = read_csv((folder / kPointsFile).string(), point_columns());
  for (const CsvRow& row : csv.rows) results.points.push_back(parse_point(csv, row));
  if (results.points.empty()) {
    throw InputError(fmt::format("{}: no point is finished yet", csv.path));
  }
  std::sort(
      results.points.begin(), results.points.end(),
      [](const PointResult& a, const PointResult& b) { return a.point.index < b.point.index; });
  results.layers = read_layers((folder / kLayersFile).string());
  return results;
}

}  // namespace brownout::sweep
