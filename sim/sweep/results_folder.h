// SPDX-License-Identifier: Apache-2.0
// The folder a run or sweep writes (layer 5): manifest.json, layers.csv and points.csv, to which
// every finished point is appended for good. Survives `kill -9` at any moment.
#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "sim/sweep/layer_table.h"
#include "sim/sweep/manifest.h"
#include "sim/sweep/point.h"

namespace brownout::sweep {

constexpr const char* kManifestFile = "manifest.json";
constexpr const char* kPointsFile = "points.csv";
constexpr const char* kLayersFile = "layers.csv";
constexpr const char* kReportFile = "report.html";

enum class OpenMode {
  kNew,     ///< a folder that has results is refused
  kResume,  ///< results of the same work are continued; none at all is fine too
};

/// Throws InputError when `folder` holds results. Writes nothing.
void require_no_results(const std::filesystem::path& folder);

/// One writer of one folder; other processes are kept out by a lock the system drops with us.
class ResultsFolder {
 public:
  /// Creates the folder, or takes up `plan` where an earlier process left it. Throws InputError,
  /// nothing written, when that process did other work, its files are damaged or it is still alive.
  ResultsFolder(std::filesystem::path folder, OpenMode mode, const Manifest& manifest,
                const std::vector<Point>& plan);
  ~ResultsFolder();
  ResultsFolder(const ResultsFolder&) = delete;
  ResultsFolder& operator=(const ResultsFolder&) = delete;
  ResultsFolder(ResultsFolder&&) = delete;
  ResultsFolder& operator=(ResultsFolder&&) = delete;

  [[nodiscard]] bool has(const Point& point) const { return rows_.count(point.index) != 0; }
  [[nodiscard]] std::size_t size() const { return rows_.size(); }

  /// Throws InputError when the folder has the point of `expected` with another row than that;
  /// only what an engine found with the images is taken from the folder.
  void verify(const PointResult& expected) const;
  void write_layer_rows(const std::vector<LayerRow>& rows) const;
  /// On the disk when it returns. Not for several threads at once.
  void append(const PointResult& result);
  /// Puts points.csv into canonical order: the same bytes however the points were come by.
  void finish() const;

 private:
  void lock();
  void begin(const Manifest& manifest) const;
  void resume(const std::vector<Point>& plan);
  [[nodiscard]] std::string file(const char* name) const { return (folder_ / name).string(); }

  std::filesystem::path folder_;
  int lock_ = -1;
  std::map<std::size_t, PointRow> rows_;
};

/// All of a results folder, for tables and reports.
struct Results {
  Manifest manifest;
  std::vector<PointResult> points;
  std::vector<LayerRow> layers;
};

/// Throws InputError when a file is missing or damaged or files contradict each other. A sweep need
/// not be finished.
[[nodiscard]] Results read_results(const std::filesystem::path& folder);

}  // namespace brownout::sweep
