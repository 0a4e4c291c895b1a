// SPDX-License-Identifier: Apache-2.0
#include "sim/model/quantize_config.h"

#include <utility>

#include "models/quantizer/weight_limit.h"

namespace brownout::model {
namespace {

using config::Section;
using models::RangeChoice;
using models::WeightSpan;

models::Preprocessing read_preprocessing(Section section) {
  models::Preprocessing preprocessing;
  preprocessing.mean = section.numbers("mean", "of each channel, images being 0 to 1", {-1e6, 1e6});
  preprocessing.deviation =
      section.numbers("deviation", "of each channel, images being 0 to 1", {1e-9, 1e6});
  if (preprocessing.mean.size() != preprocessing.deviation.size()) {
    section.fail("deviation", "has another number of entries than 'mean'");
  }
  return preprocessing;
}

RangeChoice read_ranges(Section section) {
  RangeChoice choice;
  choice.method = section.choice<RangeChoice::Method>(
      "method", "how activation ranges follow from the images' values",
      {{"min_max", RangeChoice::Method::kMinMax},
       {"percentile", RangeChoice::Method::kPercentile},
       {"mse", RangeChoice::Method::kMse}},
      choice.method);
  choice.percentile =
      section.number("percentile", "of an image's values, taken as its extreme; for percentile",
                     {50, 100, true}, choice.percentile);
  choice.headroom =
      section.number("headroom", "factor that widens every range found", {1, 64}, choice.headroom);
  return choice;
}

models::QuantizeConfig read_weights(Section section) {
  models::QuantizeConfig c;
  c.weight_bits =
      static_cast<int>(section.integer("bits", "of a stored weight", {2, 8}, c.weight_bits));
  c.per_channel = section.flag("per_channel", "one weight scale per output channel", c.per_channel);
  c.span.method = section.choice<WeightSpan::Method>(
      "method", "which |weight| gets the largest code; larger ones saturate",
      {{"max", WeightSpan::Method::kMax},
       {"percentile", WeightSpan::Method::kPercentile},
       {"mse", WeightSpan::Method::kMse}},
      c.span.method);
  c.span.percentile = section.number("percentile", "of the |weights| of a scale; for percentile",
                                     {50, 100, true}, c.span.percentile);
  c.clip = models::read_weight_limit(section, "clip");
  return c;
}

}  // namespace

ImageChoice read_images(Section section, std::size_t images) {
  ImageChoice choice;
  choice.dataset =
      models::read_dataset_config(section.section("dataset", "labelled images to choose from"));
  choice.images = static_cast<std::size_t>(section.integer(
      "images", "its first ones; 0: all", {0, 1e9}, static_cast<std::int64_t>(images)));
  return choice;
}

QuantizeNetworkConfig read_quantize_config(Section root) {
  constexpr std::size_t kCalibrationImages = 256;
  QuantizeNetworkConfig c;
  c.network = root.path("network", "float network, an ONNX file");
  c.output = root.path("output", "the quantised network's ONNX file");
  if (auto section = root.optional_section(
          "preprocessing", "(image - mean) / deviation; without it, what the file says")) {
    c.preprocessing = read_preprocessing(*section);
  }
  Section calibration = root.section("calibration", "images that set the activation ranges");
  c.calibration = read_images(calibration, kCalibrationImages);
  c.ranges = read_ranges(calibration);
  if (auto section = root.optional_section("weights", "how weights become integers")) {
    c.weights = read_weights(*section);
    c.fold_batch_norm = section->flag(
        "fold_batch_norm", "multiply batch norm into the weights before they are quantised", false);
  }
  if (auto section = root.optional_section("test", "images to measure the accuracy with")) {
    c.test = read_images(*section, 0);
  }
  return c;
}

}  // namespace brownout::model
