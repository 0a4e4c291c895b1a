// SPDX-License-Identifier: Apache-2.0
#include "fuse/join.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "fuse/clip_range.h"
#include "models/requantize.h"
#include "sim/core/error.h"

namespace brownout::fuse {
namespace {

using models::CodeMeaning;
using models::Graph;
using models::Node;
using models::Preprocessing;
using models::Shape;
using models::Tensor;

/// Generator's real value = factor x base's real value + shift.
struct UnitChange {
  double factor = 1;
  double shift = 0;

  [[nodiscard]] bool is_none() const { return factor == 1 && shift == 0; }
};

std::string shape_text(const Shape& shape) {
  return fmt::format("{} x {} x {}", shape.channels, shape.height, shape.width);
}

CodeMeaning meaning(const Tensor& tensor) { return {tensor.scale.front(), tensor.zero_point}; }

bool operator==(const CodeMeaning& a, const CodeMeaning& b) {
  return a.scale == b.scale && a.zero_point == b.zero_point;
}

[[noreturn]] void reject(const Graph& generator, const std::string& what) {
  throw InputError(fmt::format("generator '{}': {}", generator.name, what));
}

/// Nothing is said where every mean is 0 and every deviation 1.
bool is_silent(const Preprocessing& p) {
  return std::all_of(p.mean.begin(), p.mean.end(), [](double m) { return m == 0; }) &&
         std::all_of(p.deviation.begin(), p.deviation.end(), [](double d) { return d == 1; });
}

UnitChange unit_change(const Graph& generator, const Graph& base) {
  const Preprocessing& g = generator.preprocessing;
  const Preprocessing& b = base.preprocessing;
  if (is_silent(g) || (g.mean == b.mean && g.deviation == b.deviation)) return {};
  require(g.mean.size() == b.mean.size() && g.deviation.size() == b.deviation.size(),
          "networks of the same channels are normalised by as many numbers");
  UnitChange change;
  for (std::size_t c = 0; c < b.mean.size(); ++c) {
    const UnitChange here{b.deviation[c] / g.deviation[c],
                          (b.mean[c] - g.mean[c]) / g.deviation[c]};
    if (c == 0) change = here;
    constexpr double kRounding = 1e-6;
    if (std::abs(here.factor - change.factor) > kRounding ||
        std::abs(here.shift - change.shift) > kRounding) {
      reject(generator,
             fmt::format("found means [{}] and deviations [{}], allowed: those of the base network "
                         "'{}', [{}] and [{}], or one factor and one shift of all its channels",
                         fmt::join(g.mean, ", "), fmt::join(g.deviation, ", "), base.name,
                         fmt::join(b.mean, ", "), fmt::join(b.deviation, ", ")));
    }
  }
  return change;
}

void check(const Graph& generator, const Graph& base) {
  const Shape& image = base.tensor(base.input).shape;
  const Shape& in = generator.tensor(generator.input).shape;
  const Tensor& out = generator.tensor(generator.output);
  if (in != image) {
    reject(generator,
           fmt::format("found an input of {} (channels x height x width), allowed: {}, the input "
                       "of the base network '{}'",
                       shape_text(in), shape_text(image), base.name));
  }
  if (out.shape != image) {
    reject(generator,
           fmt::format("gives {} (channels x height x width), allowed: {}, its input's extent",
                       shape_text(out.shape), shape_text(image)));
  }
  if (out.type != models::ElementType::kUint8) {
    reject(generator, "gives raw accumulators, allowed: codes of 8 bits");
  }
}

/// Nearest code as images are coded: halves to even.
int code_of(double real, const CodeMeaning& codes) {
  const double code = std::nearbyint(real / codes.scale) + codes.zero_point;
  return static_cast<int>(std::clamp(code, 0.0, 255.0));
}

/// Appends to one graph; tensor numbers are positions in it.
class FrontMaker {
 public:
  explicit FrontMaker(const Graph& base) : base_input_(base.tensor(base.input)) {
    front_.name = base.name;
    front_.preprocessing = base.preprocessing;
    front_.tensors.push_back(base_input_);
    front_.input = front_.output = TensorId(0);
  }

  /// A node of the stage's own making, with codes of `out`.
  void add_node(const std::string& name, models::Operation operation, std::vector<TensorId> inputs,
                const CodeMeaning& out) {
    const TensorId id(static_cast<std::uint32_t>(front_.tensors.size()));
    front_.tensors.push_back({kStagePrefix + name,
                              base_input_.shape,
                              models::ElementType::kUint8,
                              {out.scale},
                              out.zero_point});
    front_.nodes.push_back({kStagePrefix + name, std::move(operation), std::move(inputs), id});
    front_.output = id;
  }

  /// All nodes of `graph`, which reads the front's last tensor; `prefix` goes before its names.
  void append(const Graph& graph, const std::string& prefix) {
    std::vector<TensorId> ids;
    const TensorId image = front_.output;
    for (std::uint32_t i = 0; i < graph.tensors.size(); ++i) {
      if (TensorId(i) == graph.input) {
        ids.push_back(image);
        continue;
      }
      ids.emplace_back(static_cast<std::uint32_t>(front_.tensors.size()));
      Tensor tensor = graph.tensors[i];
      tensor.name = prefix + tensor.name;
      front_.tensors.push_back(std::move(tensor));
    }
    for (Node node : graph.nodes) {
      node.name = prefix + node.name;
      for (TensorId& input : node.inputs) input = ids[input.value()];
      node.output = ids[node.output.value()];
      front_.nodes.push_back(std::move(node));
    }
    front_.output = ids[graph.output.value()];
  }

  [[nodiscard]] TensorId last() const { return front_.output; }
  [[nodiscard]] Graph finish() {
    models::validate(front_);
    return std::move(front_);
  }

 private:
  Tensor base_input_;
  Graph front_;
};

}  // namespace

Graph make_front(const Graph& generator, const Graph& base, GeneratorOutput output) {
  check(generator, base);
  const UnitChange units = unit_change(generator, base);
  const CodeMeaning image = meaning(base.tensor(base.input));
  const CodeMeaning in = meaning(generator.tensor(generator.input));
  const CodeMeaning out = meaning(generator.tensor(generator.output));
  FrontMaker maker(base);
  if (!units.is_none() || !(in == image)) {
    const auto to_generator = [&](double x) { return units.factor * x + units.shift; };
    maker.add_node("input", models::make_table(to_generator, image, in), {maker.last()}, in);
  }
  maker.append(generator, kStagePrefix);
  if (output == GeneratorOutput::kPerturbation) {
    const ClipRange clip = clip_range(base.preprocessing);
    const models::OutputRange codes{image.zero_point, code_of(clip.lowest, image),
                                    code_of(clip.highest, image)};
    const models::Add add =
        models::make_add(image.scale, out.scale / units.factor, image.scale, codes);
    maker.add_node("add", add, {TensorId(0), maker.last()}, image);
  } else if (!units.is_none() || !(out == image)) {
    const auto to_base = [&](double x) { return (x - units.shift) / units.factor; };
    maker.add_node("output", models::make_table(to_base, out, image), {maker.last()}, image);
  }
  return maker.finish();
}

Graph join(const Graph& front, const Graph& base) {
  const Tensor& image = front.tensor(front.output);
  const Tensor& input = base.tensor(base.input);
  require(image.shape == input.shape && meaning(image) == meaning(input),
          "a front leaves what its base network reads");
  FrontMaker maker(base);
  maker.append(front, "");
  maker.append(base, "");
  return maker.finish();
}

}  // namespace brownout::fuse
