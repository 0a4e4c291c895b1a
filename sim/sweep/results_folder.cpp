// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/results_folder.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

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

Role role_of(std::size_t index, const Manifest& manifest) {
  if (manifest.kind == "run") return Role::kRun;
  return index == 0 ? Role::kNominal : Role::kSweep;
}

/// A sweep may be interrupted at any moment, but its points are some of those it was begun with.
void check_points(const std::map<std::size_t, PointRow>& points, const Manifest& manifest,
                  const std::string& path) {
  if (points.empty()) throw InputError(path + ": no point is finished yet");
  for (const auto& [index, row] : points) {
    if (index >= manifest.points) {
      throw InputError(fmt::format("{}:{}: found point {}, allowed: 0 to {} by {}", path,
                                   row.row.line, index, manifest.points - 1, kManifestFile));
    }
    const Role role = role_of(index, manifest);
    if (row.result.point.role == role) continue;
    throw InputError(fmt::format("{}:{}: found point {} of role {}, allowed: {}", path,
                                 row.row.line, index, role_name(row.result.point.role),
                                 role_name(role)));
  }
  // Savings would be missing without a word; any other gap shows.
  if (points.count(0) == 0 && points.size() + 1 == manifest.points) {
    throw InputError(
        fmt::format("{}: found all points but point 0, the nominal one all others are compared "
                    "with; 'brownout sweep --resume' simulates it",
                    path));
  }
}

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
  rows_ = read_points(file(kPointsFile));
  for (const auto& [index, row] : rows_) {
    if (index >= plan.size() || !(row.result.point == plan[index])) {
      throw InputError(fmt::format("{}:{}: point {} is none of this sweep's", file(kPointsFile),
                                   row.row.line, index));
    }
  }
}

void ResultsFolder::verify(const PointResult& expected) const {
  const auto found = rows_.find(expected.point.index);
  if (found == rows_.end()) return;
  const auto& [row, result] = found->second;
  PointResult again = expected;
  again.correct = result.correct;
  again.weight_words = result.weight_words;
  again.flipped_weight_bits = result.flipped_weight_bits;
  const std::vector<std::string> fields = point_fields(again);
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (row.fields[i] == fields[i]) continue;
    throw InputError(fmt::format("{}:{}: column '{}' is '{}', this sweep gives '{}'",
                                 file(kPointsFile), row.line, point_columns()[i], row.fields[i],
                                 fields[i]));
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
  rows_.emplace(result.point.index, PointRow{{0, std::move(fields)}, result});
}

void ResultsFolder::finish() const {
  AtomicFile points(file(kPointsFile));
  points.stream() << header_line() << '\n';
  for (const auto& [index, row] : rows_) points.stream() << join_csv(row.row.fields) << '\n';
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
  const std::string points_path = (folder / kPointsFile).string();
  const auto points = read_points(points_path);
  check_points(points, results.manifest, points_path);
  const std::string layers_path = (folder / kLayersFile).string();
  results.layers = read_layers(layers_path);
  for (const auto& [index, row] : points) {
    require_adds_up(results.layers, row.result, layers_path);
    results.points.push_back(row.result);
  }
  return results;
}

}  // namespace brownout::sweep
