// SPDX-License-Identifier: Apache-2.0
#include "models/onnx/floating/float_builder.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "models/rearrange.h"
#include "sim/core/error.h"

namespace brownout::models::onnx_import {
namespace {

Shape image_shape(const Extents& dims) {
  const auto extent = [&](std::size_t axis) {
    return axis < dims.size() ? static_cast<int>(dims[axis]) : 1;
  };
  return {extent(1), extent(2), extent(3)};
}

/// Which element of a CHW tensor of `shape` each channel, row and column takes, where all elements
/// agree on that.
std::optional<Rearrange> separated(const std::vector<std::uint32_t>& order, const Shape& from,
                                   const Shape& to) {
  const auto plane = static_cast<std::uint32_t>(from.height * from.width);
  const auto width = static_cast<std::uint32_t>(from.width);
  const auto at = [&](int c, int y, int x) {
    const int index = (c * to.height + y) * to.width + x;
    return order[static_cast<std::size_t>(index)];
  };
  Rearrange result;
  for (int c = 0; c < to.channels; ++c) {
    result.channels.push_back(static_cast<int>(at(c, 0, 0) / plane));
  }
  for (int y = 0; y < to.height; ++y) {
    result.rows.push_back(static_cast<int>(at(0, y, 0) % plane / width));
  }
  for (int x = 0; x < to.width; ++x)
    result.columns.push_back(static_cast<int>(at(0, 0, x) % width));
  std::size_t next = 0;
  for (const int c : result.channels) {
    for (const int y : result.rows) {
      for (const int x : result.columns) {
        const int element = (c * from.height + y) * from.width + x;
        if (order[next++] != static_cast<std::uint32_t>(element)) return std::nullopt;
      }
    }
  }
  return result;
}

std::uint64_t bytes_of(const FloatOperation& operation) {
  if (const auto* conv = std::get_if<FloatConv>(&operation)) {
    const std::size_t norms = conv->batch_norm ? 4 * conv->batch_norm->gamma.size() : 0;
    return sizeof(float) * (conv->weights.size() + conv->bias.size() + norms);
  }
  const auto* moves = std::get_if<Rearrange>(&operation);
  if (moves == nullptr) return 0;
  return sizeof(int) * (moves->rows.size() + moves->columns.size() + moves->channels.size());
}

}  // namespace

void check_moved(std::size_t elements) {
  constexpr std::size_t kMost = std::size_t{1} << 22U;
  if (elements > kMost) {
    throw InputError(fmt::format("moves {} elements, allowed are up to 2^22", elements));
  }
}

Extents image_dims(const Shape& shape) { return {1, shape.channels, shape.height, shape.width}; }

FloatBuilder::FloatBuilder(const std::string& name, const Extents& dims, bool channels_last,
                           const Readers& readers)
    : readers_(readers) {
  FloatView view{0, dims, {}};
  network_.input = image_shape(dims);
  if (channels_last) {
    network_.input = {static_cast<int>(dims[3]), static_cast<int>(dims[1]),
                      static_cast<int>(dims[2])};
    const Shape& shape = network_.input;
    check_moved(shape.elements());
    for (int y = 0; y < shape.height; ++y) {
      for (int x = 0; x < shape.width; ++x) {
        for (int c = 0; c < shape.channels; ++c) {
          const int element = (c * shape.height + y) * shape.width + x;
          view.order.push_back(static_cast<std::uint32_t>(element));
        }
      }
    }
  }
  shapes_ = {network_.input};
  define(name, std::move(view));
}

void FloatBuilder::define(const std::string& name, FloatValue value) {
  if (const auto* view = std::get_if<FloatView>(&value)) {
    bytes_ += sizeof(std::uint32_t) * view->order.size();
  }
  values_[name] = std::move(value);
}

std::optional<Extents> FloatBuilder::dims(const FloatValue& value) const {
  const auto* view = std::get_if<FloatView>(&value);
  return view != nullptr ? std::optional(view->dims) : std::nullopt;
}

FloatView FloatBuilder::add(FloatNode node, bool is_vector) {
  std::vector<Shape> inputs;
  for (const std::size_t tensor : node.inputs) inputs.push_back(shape(tensor));
  shapes_.push_back(output_shape(node, inputs));
  bytes_ += bytes_of(node.operation);
  network_.nodes.push_back(std::move(node));
  FloatView view{network_.nodes.size(), image_dims(shapes_.back()), {}};
  if (is_vector) view.dims.resize(2);
  return view;
}

std::size_t FloatBuilder::rearranged(const FloatView& view, const std::string& name) {
  const Shape& from = shape(view.tensor);
  const Shape to = image_shape(view.dims);
  auto moved = separated(view.order, from, to);
  if (!moved) {
    throw InputError(fmt::format(
        "its input [{}] mixes channels and pixels of a tensor of {} x {} x {}, which is not "
        "supported",
        fmt::join(view.dims, ", "), from.channels, from.height, from.width));
  }
  if (*moved == identity(from)) return view.tensor;
  return add({name + "/moved", std::move(*moved), {view.tensor}}).tensor;
}

std::size_t FloatBuilder::image(const FloatView& view, const std::string& name) {
  if (view.dims.size() != 2 && view.dims.size() != 4) {
    throw InputError(
        fmt::format("its input has {} dimensions, supported are 2 and 4", view.dims.size()));
  }
  if (view.dims.front() != 1) {
    throw InputError(fmt::format("its input [{}] has a batch of {}, supported is 1",
                                 fmt::join(view.dims, ", "), view.dims.front()));
  }
  const Shape from = shape(view.tensor);
  const Shape to = image_shape(view.dims);
  if (!in_order(view)) return rearranged(view, name);
  if (to == from) return view.tensor;
  if (to.height == 1 && to.width == 1) {
    return add({name + "/flat", FloatFlatten{}, {view.tensor}}).tensor;
  }
  throw InputError(fmt::format(
      "its input is a tensor of {} x {} x {} seen as [{}]; only vectors may be made of images",
      from.channels, from.height, from.width, fmt::join(view.dims, ", ")));
}

FloatNode* FloatBuilder::extendable(const std::string& name) {
  const auto found = values_.find(name);  // the name of an input left out is empty
  const auto* view = found != values_.end() ? std::get_if<FloatView>(&found->second) : nullptr;
  const bool latest = view != nullptr && view->tensor > 0 && view->tensor == network_.nodes.size();
  return latest && readers_.at(name) == 1 ? &network_.nodes.back() : nullptr;
}

FloatNetwork FloatBuilder::finish(const FloatValue& value) {
  const auto* view = std::get_if<FloatView>(&value);
  if (view == nullptr) throw InputError("the network's output is a constant");
  const std::size_t output = image(*view, "output");
  if (output == 0) throw InputError("the network's output is its input");
  network_.nodes.resize(output);  // whatever came later leads nowhere
  return simplified(std::move(network_));
}

}  // namespace brownout::models::onnx_import
