// SPDX-License-Identifier: Apache-2.0
// The fast engine (layer 3): the same network on the same addresses with the same failing cells as
// the cycle engine, computed layer by layer with vector kernels. Its statistics are those of one
// cycle-engine pass without payload.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "accel/accelerator_config.h"
#include "accel/fast/fast_graph.h"
#include "accel/operating_point.h"
#include "accel/program.h"
#include "accel/weight_view.h"
#include "memory/chip.h"
#include "models/graph.h"
#include "models/reference.h"

namespace brownout::accel {

class FastEngine {
 public:
  /// What a view of each image is made from.
  struct Redraw {
    const memory::Chip* chip;
    OperatingPoint point;
  };
  /// A network as one chip reads it at one operating point; immutable, shared by threads.
  struct View {
    FastGraph::Weights weights;
    ActivationFaults activations;  ///< empty when no activation buffer has failing cells
    /// What became of the filter buffer's words, layer by layer, each read once; where accesses
    /// fail at random, for image 0.
    std::vector<memory::CodeOutcomes> weight_words;
    std::uint64_t flipped_weight_bits = 0;  ///< bits of weights that read wrong
    /// Where accesses fail at random: the above is made anew for every image.
    std::optional<Redraw> redraw = {};

    /// Of all layers.
    [[nodiscard]] memory::CodeOutcomes total_weight_words() const;
  };

  /// Lowers the graph; throws InputError when the machine cannot run it. `graph` and `machine` must
  /// outlive the engine.
  FastEngine(const models::Graph& graph, const Machine& machine);
  FastEngine(const FastEngine&) = delete;  // readers of weights refer to the program
  FastEngine& operator=(const FastEngine&) = delete;

  /// Whether view() can tell what cells hold at `point`.
  [[nodiscard]] bool can_view(const OperatingPoint& point) const {
    return unsettled_rail(point) == nullptr;
  }
  /// The engine must outlive the view, and so must `chip` where accesses fail at random. Throws
  /// InputError when cells that do not hold their data hang on a rail that changes its voltage
  /// along the network: what they hold depends on other layers.
  [[nodiscard]] View view(const memory::Chip& chip, const OperatingPoint& point) const;

  /// The weights view() computes with, for users with kernels of their own: one entry a node in the
  /// order of models::Conv::weights, empty but for convolutions. Where accesses fail at random, as
  /// image 0 reads them. Throws as view().
  [[nodiscard]] std::vector<std::vector<std::int8_t>> weights_read(
      const memory::Chip& chip, const OperatingPoint& point) const;

  /// Scratch buffers of one thread.
  [[nodiscard]] FastGraph::Workspace make_workspace() const;

  /// Logits of one image (codes in HWC order); one workspace per thread. The image's number matters
  /// where accesses fail at random. Gives the bits of weights that read wrong for it.
  std::uint64_t run(const View& view, const std::vector<std::uint8_t>& input,
                    FastGraph::Workspace& workspace, std::vector<std::int32_t>& logits,
                    std::uint32_t image = 0) const;

  /// The same with every node's codes, for comparison with the cycle engine.
  [[nodiscard]] models::Inference run_all(const View& view, const std::vector<std::uint8_t>& input,
                                          FastGraph::Workspace& workspace,
                                          std::uint32_t image = 0) const;

  [[nodiscard]] const Program& program() const { return program_; }

 private:
  /// Whether any cell of the buffer or of its check bits ever does.
  [[nodiscard]] bool fails(const memory::Chip& chip, const OperatingPoint& point,
                           memory::GroupId group) const;
  /// `at` has no schedule.
  [[nodiscard]] memory::BufferRates rates_at(memory::GroupId group, const OperatingPoint& at,
                                             Hertz clock) const;
  /// Throws InputError where a view cannot tell what cells hold.
  void require_settled(const OperatingPoint& point) const;
  /// A rail that changes its voltage and whose cells may not hold their data; null when none does.
  [[nodiscard]] const std::string* unsettled_rail(const OperatingPoint& point) const;
  /// What one image reads, before kernels want it packed.
  struct Read;
  [[nodiscard]] Read gather(const memory::Chip& chip, const OperatingPoint& point,
                            std::uint32_t image) const;
  [[nodiscard]] View read(const memory::Chip& chip, const OperatingPoint& point,
                          std::uint32_t image) const;

  const models::Graph& graph_;
  const Machine& machine_;
  Program program_;
  memory::PerGroup<memory::WordCode> codes_;
  std::vector<std::optional<WeightReader>> weights_;  ///< of each convolution
  FastGraph fast_;
};

}  // namespace brownout::accel
