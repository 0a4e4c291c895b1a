// SPDX-License-Identifier: Apache-2.0
// Every experiment that ships reads, each of its variants too. No network or data set is loaded:
// some have to be made or fetched first.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "sim/config/document.h"
#include "sim/core/error.h"
#include "sim/sweep/experiment.h"
#include "sim/sweep/experiment_config.h"
#include "sim/sweep/tables/tables_config.h"

namespace brownout::sweep {
namespace {

namespace fs = std::filesystem;

const fs::path kConfigs = fs::path(BROWNOUT_SOURCE_DIR) / "configs";

std::vector<fs::path> files_of(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() == ".yaml") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

ExperimentConfig read(const fs::path& file, const config::Overrides& overrides, Purpose purpose) {
  auto document = config::Document::load(file, overrides);
  return read_experiment_config(document, purpose);
}

void check(const fs::path& file) {
  if (config_kind(file, {}) == ConfigKind::kTables) {
    auto document = config::Document::load(file, {});
    EXPECT_FALSE(read_tables_config(document).tables.bases.empty());
    return;
  }
  const ExperimentConfig all = read(file, {}, Purpose::kRun);
  ASSERT_TRUE(all.sweep);
  for (const Variant& variant : all.variants) {
    SCOPED_TRACE(variant.name);
    EXPECT_NO_THROW(static_cast<void>(read(file, with({}, variant), Purpose::kSweep)));
  }
}

TEST(ShippedConfigs, ReadWithAllTheirVariants) {
  std::size_t count = 0;
  for (const fs::path& folder : {kConfigs, kConfigs / "experiments"}) {
    for (const fs::path& file : files_of(folder)) {
      SCOPED_TRACE(file.string());
      EXPECT_NO_THROW(check(file));
      ++count;
    }
  }
  EXPECT_GT(count, 10U);
}

}  // namespace
}  // namespace brownout::sweep
