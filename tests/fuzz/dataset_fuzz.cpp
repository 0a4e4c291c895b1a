// SPDX-License-Identifier: Apache-2.0
// Files of whole data sets: IDX images and labels, plain or compressed, and the records of
// CIFAR-10, CIFAR-100 and GTSRB.
#include <cstddef>
#include <cstdint>

#include "models/data/idx.h"
#include "models/data/records.h"
#include "tests/fuzz/scratch_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace models = brownout::models;
  using brownout::fuzz::expect;
  using brownout::fuzz::refuse_or;
  const brownout::fuzz::ScratchFile file(".gz", data, size);
  refuse_or([&] {
    const models::IdxImages images = models::read_idx_images(file.path());
    expect(images.pixels.size() == static_cast<std::size_t>(images.count) *
                                       static_cast<std::size_t>(images.rows) *
                                       static_cast<std::size_t>(images.columns),
           "pixels are missing");
  });
  refuse_or([&] {
    for (const int label : models::read_idx_labels(file.path(), 10)) expect(label < 10, "a label");
  });
  for (const models::RecordFormat format : {models::RecordFormat{1, 10}, {2, 100}, {1, 43}}) {
    refuse_or([&] {
      models::Records records;
      models::append_records(file.path(), format, records);
      expect(records.pixels.size() == records.labels.size() * 3 * 32 * 32, "pixels are missing");
    });
  }
  return 0;
}
