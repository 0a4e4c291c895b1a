// SPDX-License-Identifier: Apache-2.0
// A base network with its front-end stage, if any, in the fast engine (layer 4). Where the stage
// gives every chip the same, its part of the work is done once an image.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "accel/fast_engine.h"
#include "fuse/stage.h"
#include "memory/chip.h"

namespace brownout::fuse {

using Codes = std::vector<std::uint8_t>;

/// Whether the stage gives the same on every chip at each of `points`: no cell it uses fails, and
/// what it leaves in the array's buffers reaches no later layer. `machine` is the base's.
[[nodiscard]] bool is_settled(const Stage& stage, const accel::Machine& machine,
                              const std::vector<accel::OperatingPoint>& points);

class FastSystem {
 public:
  /// Of one thread.
  struct Workspace {
    accel::FastGraph::Workspace network;
    std::optional<accel::FastGraph::Workspace> stage;
  };
  /// One chip at one operating point; immutable, shared by threads.
  struct View {
    accel::FastEngine::View network;
    std::unique_ptr<const memory::Chip> stage_chip = {};
    std::optional<accel::FastEngine::View> stage = {};
  };

  /// `network` is what the base's accelerator runs, `stage` may be null; views will be asked for at
  /// `points`. All must outlive the system. Throws InputError when a machine cannot run its
  /// network.
  FastSystem(const models::Graph& network, const accel::Machine& machine, const Stage* stage,
             const std::vector<accel::OperatingPoint>& points);

  /// What run() reads, of image codes: with `jobs` threads, 0 for one a core.
  [[nodiscard]] std::vector<Codes> prepare(std::vector<Codes> images, std::size_t jobs = 0) const;

  /// Whether view() can tell what cells hold at `point`.
  [[nodiscard]] bool can_view(const accel::OperatingPoint& point) const {
    return engine_.can_view(rails_of_network(point));
  }
  /// As FastEngine::view(); `chip` is the base's.
  [[nodiscard]] View view(const memory::Chip& chip, const accel::OperatingPoint& point) const;
  [[nodiscard]] Workspace make_workspace() const;

  /// Logits of a prepared image, and the bits of weights on the base's accelerator that read wrong.
  std::uint64_t run(const View& view, const Codes& prepared, Workspace& workspace,
                    std::vector<std::int32_t>& logits, std::uint32_t image = 0) const;

  /// What the engine runs of the network on the base's accelerator: not the stage where it is
  /// settled.
  [[nodiscard]] const models::Graph& network() const { return network_; }

 private:
  [[nodiscard]] bool prepares() const { return front_.has_value(); }
  [[nodiscard]] accel::OperatingPoint rails_of_network(const accel::OperatingPoint& point) const;

  const Stage* stage_;
  bool settled_;
  const models::Graph& network_;
  std::uint32_t first_layer_;  ///< of the joined network, the engine begins with it
  accel::FastEngine engine_;
  std::optional<accel::FastGraph> front_;  ///< settled: the stage on a healthy machine
  std::optional<accel::FastEngine> own_;   ///< dedicated and not settled
};

}  // namespace brownout::fuse
