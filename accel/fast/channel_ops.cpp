// SPDX-License-Identifier: Apache-2.0
#include "accel/fast/channel_ops.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "models/rearrange.h"
#include "sim/core/error.h"

namespace brownout::accel::fast {
namespace {

void check_size(const ByteMasks& masks, std::size_t bytes) {
  if (masks.keep.size() != bytes || masks.flip.size() != bytes) {
    throw InputError(fmt::format("activation masks hold {} and {} bytes, the tensor has {}",
                                 masks.keep.size(), masks.flip.size(), bytes));
  }
}

/// The taps of one axis that lie inside the input: [first, last).
struct Taps {
  int first;
  int last;
};

Taps taps_inside(int start, int kernel, int dilation, int extent) {
  const int first = start >= 0 ? 0 : (-start + dilation - 1) / dilation;
  const int last = start >= extent ? 0 : std::min(kernel, (extent - 1 - start) / dilation + 1);
  return {first, last};
}

/// Calls row(y) for every row of the tensor.
template <class Row>
void for_each_row(const TensorLayout& layout, Row row) {
  for (int y = 0; y < layout.shape.height; ++y) row(y);
}

}  // namespace

void max_pool(const models::Window& w, const ConstView& in, const MutableView& out) {
  const models::Shape& shape = in.layout.shape;
  const auto channels = static_cast<std::size_t>(shape.channels);
  for (int y = 0; y < out.layout.shape.height; ++y) {
    const int top = y * w.stride_h - w.pad_top;
    const Taps rows = taps_inside(top, w.kernel_h, w.dilation_h, shape.height);
    for (int x = 0; x < out.layout.shape.width; ++x) {
      const int left = x * w.stride_w - w.pad_left;
      const Taps columns = taps_inside(left, w.kernel_w, w.dilation_w, shape.width);
      std::uint8_t* __restrict__ largest = out.bytes + out.layout.offset(y, x);
      std::memset(largest, 0, channels);
      for (int ky = rows.first; ky < rows.last; ++ky) {
        for (int kx = columns.first; kx < columns.last; ++kx) {
          const std::uint8_t* __restrict__ tap =
              in.bytes + in.layout.offset(top + ky * w.dilation_h, left + kx * w.dilation_w);
          for (std::size_t c = 0; c < channels; ++c) largest[c] = std::max(largest[c], tap[c]);
        }
      }
    }
  }
}

void relu(const ConstView& in, const MutableView& out) {
  const auto zero = static_cast<std::uint8_t>(in.layout.zero_point);
  for_each_row(in.layout, [&](int y) {
    const std::uint8_t* __restrict__ from = in.bytes + in.layout.offset(y, 0);
    std::uint8_t* __restrict__ to = out.bytes + out.layout.offset(y, 0);
    for (std::size_t i = 0; i < in.layout.row_bytes(); ++i) to[i] = std::max(from[i], zero);
  });
}

void flatten(const ConstView& in, const MutableView& out) {
  const models::Shape& shape = in.layout.shape;
  const auto plane = static_cast<std::size_t>(shape.height) * static_cast<std::size_t>(shape.width);
  std::uint8_t* to = out.bytes + out.layout.offset(0, 0);
  for (int y = 0; y < shape.height; ++y) {
    for (int x = 0; x < shape.width; ++x, ++to) {
      const std::uint8_t* from = in.bytes + in.layout.offset(y, x);
      for (std::size_t c = 0; c < static_cast<std::size_t>(shape.channels); ++c) {
        to[c * plane] = from[c];
      }
    }
  }
}

void rearrange(const models::Rearrange& rearrange, const ConstView& in, const MutableView& out) {
  const std::vector<int>& channels = rearrange.channels;
  const bool whole_pixels = channels == models::every(in.layout.shape.channels);
  const int zero_point = in.layout.zero_point;
  for (std::size_t y = 0; y < rearrange.rows.size(); ++y) {
    const int row = rearrange.rows[y];
    std::uint8_t* to = out.bytes + out.layout.offset(static_cast<int>(y), 0);
    for (const int column : rearrange.columns) {
      const bool inside = row >= 0 && column >= 0;
      const std::uint8_t* from = inside ? in.bytes + in.layout.offset(row, column) : nullptr;
      if (!inside) {
        std::memset(to, zero_point, channels.size());
      } else if (whole_pixels) {
        std::memcpy(to, from, channels.size());
      } else {
        for (std::size_t c = 0; c < channels.size(); ++c) {
          to[c] = channels[c] < 0 ? static_cast<std::uint8_t>(zero_point) : from[channels[c]];
        }
      }
      to += channels.size();
    }
  }
}

void lookup(const LookupPlan::Input& plan, const ConstView& in, const MutableView& out,
            int first_channel) {
  const auto channels = static_cast<std::size_t>(in.layout.shape.channels);
  const auto step = static_cast<std::size_t>(out.layout.shape.channels);
  for_each_row(in.layout, [&](int y) {
    const std::uint8_t* __restrict__ from = in.bytes + in.layout.offset(y, 0);
    std::uint8_t* __restrict__ to = out.bytes + out.layout.offset(y, 0) + first_channel;
    for (int x = 0; x < in.layout.shape.width; ++x, from += channels, to += step) {
      if (plan.identity) {
        std::memcpy(to, from, channels);
      } else {
        for (std::size_t c = 0; c < channels; ++c) to[c] = plan.table[from[c]];
      }
    }
  });
}

void spread(const WindowPlan& plan, const ConstView& in, const MutableView& out) {
  const auto channels = static_cast<std::size_t>(in.layout.shape.channels);
  const std::size_t step = channels * static_cast<std::size_t>(plan.spread_w);
  for_each_row(in.layout, [&](int y) {
    const std::uint8_t* from = in.bytes + in.layout.offset(y, 0);
    std::uint8_t* to = out.bytes + out.layout.offset(y * plan.spread_h, 0);
    for (int x = 0; x < in.layout.shape.width; ++x, from += channels, to += step) {
      std::memcpy(to, from, channels);
    }
  });
}

void add(const Kernels& kernels, const AddPlan& plan, const std::array<ConstView, 2>& in,
         const MutableView& out) {
  for_each_row(out.layout, [&](int y) {
    AddTask task;
    task.a = in[0].bytes + in[0].layout.offset(y, 0);
    task.b = in[1].bytes + in[1].layout.offset(y, 0);
    task.output = out.bytes + out.layout.offset(y, 0);
    task.count = out.layout.row_bytes();
    kernels.add(plan, task);
  });
}

void load_codes(const std::uint8_t* codes, const MutableView& out) {
  for_each_row(out.layout, [&](int y) {
    const std::size_t bytes = out.layout.row_bytes();
    std::memcpy(out.bytes + out.layout.offset(y, 0), codes + static_cast<std::size_t>(y) * bytes,
                bytes);
  });
}

void store_codes(const ConstView& in, std::uint8_t* codes) {
  for_each_row(in.layout, [&](int y) {
    const std::size_t bytes = in.layout.row_bytes();
    std::memcpy(codes + static_cast<std::size_t>(y) * bytes, in.bytes + in.layout.offset(y, 0),
                bytes);
  });
}

void apply_masks(const ByteMasks& masks, const MutableView& tensor) {
  if (masks.keep.empty() && masks.flip.empty()) return;
  check_size(masks, tensor.layout.shape.elements());
  for_each_row(tensor.layout, [&](int y) {
    const std::size_t bytes = tensor.layout.row_bytes();
    const std::uint8_t* __restrict__ keep = masks.keep.data() + static_cast<std::size_t>(y) * bytes;
    const std::uint8_t* __restrict__ flip = masks.flip.data() + static_cast<std::size_t>(y) * bytes;
    std::uint8_t* __restrict__ codes = tensor.bytes + tensor.layout.offset(y, 0);
    for (std::size_t i = 0; i < bytes; ++i) {
      codes[i] = static_cast<std::uint8_t>((codes[i] & keep[i]) ^ flip[i]);
    }
  });
}

void apply_masks(const ByteMasks& masks, std::vector<std::int32_t>& accumulators) {
  if (masks.keep.empty() && masks.flip.empty()) return;
  check_size(masks, 4 * accumulators.size());
  const auto word = [](const std::vector<std::uint8_t>& bytes, std::size_t i) {
    std::uint32_t value = 0;
    for (std::size_t b = 4; b-- > 0;) value = (value << 8U) | bytes[4 * i + b];
    return value;
  };
  for (std::size_t i = 0; i < accumulators.size(); ++i) {
    accumulators[i] = static_cast<std::int32_t>(
        (static_cast<std::uint32_t>(accumulators[i]) & word(masks.keep, i)) ^ word(masks.flip, i));
  }
}

}  // namespace brownout::accel::fast
