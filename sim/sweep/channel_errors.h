// SPDX-License-Identifier: Apache-2.0
// What failing cells do to the sums of output channels (layer 5): the weights of each channel as a
// sweep's chips read them against the stored ones, and what that adds to the channel's sums on a
// sweep's images. Errors of one sign in one channel add up, independent ones mostly cancel; a
// bit-error rate does not tell which. By the fast engine; every layer gets fault-free inputs.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "sim/core/index.h"
#include "sim/core/units.h"
#include "sim/sweep/experiment.h"
#include "sim/sweep/runner.h"

namespace brownout::sweep {

/// One output channel of a layer with weights. Errors are what is read less what is stored.
struct ChannelError {
  ChipId chip;
  VminRatio voltage;
  std::size_t layer = 0;    ///< node of the graph
  std::size_t channel = 0;  ///< of its output
  std::size_t weights = 0;  ///< of this channel
  /// Of the weights, in steps of a weight.
  double norm = 0;   ///< root of the sum of squares of the stored ones
  double error = 0;  ///< root of the sum of squares of the errors
  double sum = 0;    ///< of the errors, with their signs
  /// Of the channel's sums over inputs and weights, in steps of an accumulator, over all pixels of
  /// all images.
  double spread = 0;  ///< standard deviation where nothing fails
  double shift = 0;   ///< mean of what errors add
  double noise = 0;   ///< standard deviation of what errors add
};

struct ChannelErrors {
  std::string network;
  std::string rail;
  std::size_t images = 0;
  std::size_t chips = 0;
  std::vector<std::string> layers;     ///< names of all nodes of the graph
  std::vector<ChannelError> channels;  ///< by chip, falling voltage, layer, channel
};

/// All channels of one layer on all chips. Root mean squares, and means over chips of the largest
/// among channels; in units of each channel's own norm or spread. Channels whose unit is 0 are left
/// out.
struct ChannelSummary {
  std::size_t layer = 0;
  VminRatio voltage;
  std::size_t weights = 0;  ///< of one channel
  double error = 0;         ///< of the norm
  double sum = 0;           ///< of the norm
  double largest_sum = 0;   ///< of the norm, without sign
  /// Sum of squared sums over sum of squared errors: 1 where errors are independent, n where they
  /// come in groups of n equal ones. 0 without errors.
  double together = 0;
  double shift = 0;          ///< of the spread
  double largest_shift = 0;  ///< of the spread, without sign
  double noise = 0;          ///< of the spread
};

/// `experiment` must have a sweep. Works on `jobs` threads (0: one per core); the result does not
/// depend on their number. Where accesses fail at random, errors are image 0's. Throws InputError
/// when the sweep's rail supplies no weights, or behind a generator.
[[nodiscard]] ChannelErrors measure_channel_errors(const Experiment& experiment, std::size_t jobs,
                                                   const Observer& observe);

/// By falling voltage, layers in the network's order.
[[nodiscard]] std::vector<ChannelSummary> summarise(const ChannelErrors& errors);

/// One row a chip, voltage, layer and channel.
[[nodiscard]] std::string channel_error_csv(const ChannelErrors& errors);

}  // namespace brownout::sweep
