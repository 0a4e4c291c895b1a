// SPDX-License-Identifier: Apache-2.0
// Both bodies of the array in every dataflow and instruction set: results against the product by
// definition, at their cycles; the register body against an array that really shifts.
#include "accel/array_core.h"

#include <gtest/gtest.h>

#include <array>

#include "sim/core/error.h"
#include "tests/accel/array_core_fixture.h"
#include "tests/accel/shifting_array.h"

namespace brownout::accel {
namespace {

struct Variant {
  Dataflow dataflow;
  ArrayBody body;
  Isa isa;
};

std::vector<Variant> variants() {
  std::vector<Variant> result;
  for (const Dataflow dataflow : kDataflows) {
    for (const ArrayBody body : kArrayBodies) {
      for (const Isa isa : {Isa::kPortable, Isa::kAvx2, Isa::kAvx512Vnni}) {
        if (is_supported(isa)) result.push_back({dataflow, body, isa});
      }
    }
  }
  return result;
}

class EveryCore : public testing::TestWithParam<Variant> {
 protected:
  [[nodiscard]] std::unique_ptr<ArrayCore> make(const ArrayExtent& extent) const {
    return make_array_core(GetParam().dataflow, GetParam().body, extent, GetParam().isa);
  }
};

std::string variant_name(const testing::TestParamInfo<Variant>& variant) {
  std::string isa = isa_name(variant.param.isa);
  std::replace(isa.begin(), isa.end(), '-', '_');
  return std::string(dataflow_name(variant.param.dataflow)) + '_' +
         array_body_name(variant.param.body) + '_' + isa;
}

INSTANTIATE_TEST_SUITE_P(ArrayCore, EveryCore, testing::ValuesIn(variants()), variant_name);

/// The product by definition, [v][c].
std::vector<std::int32_t> products(const TestFold& f, Dataflow dataflow) {
  std::vector<std::int32_t> result;
  for (std::uint32_t v = 0; v < f.fold.vectors; ++v) {
    for (std::uint32_t c = 0; c < f.fold.columns; ++c) result.push_back(f.product(dataflow, v, c));
  }
  return result;
}

/// Expects the elements that complete in cycles [begin, end) to have their values.
void expect_completed(const ArrayCore& core, const std::vector<std::int32_t>& expected,
                      std::uint32_t begin, std::uint32_t end) {
  const CoreFold& fold = core.fold();
  for (std::uint32_t v = 0; v < fold.vectors; ++v) {
    const std::uint32_t first = core.completion(v, 0);
    const std::uint32_t from = std::min(fold.columns, begin > first ? begin - first : 0);
    const std::uint32_t to = std::min(fold.columns, end > first ? end - first : 0);
    for (std::uint32_t c = from; c < to; ++c) {
      ASSERT_EQ(core.result(v)[c], expected[std::size_t{v} * fold.columns + c])
          << "vector " << v << ", column " << c;
    }
  }
}

TEST_P(EveryCore, HasEveryProductSumFromItsCycleOnForAsLongAsPromised) {
  FoldSource source(1);
  for (int array = 0; array < 25; ++array) {
    const std::uint32_t side = array < 20 ? 40 : 256;
    const ArrayExtent extent{source.roll(1, side), source.roll(1, side)};
    const auto core = make(extent);
    for (int round = 0; round < 4; ++round) {  // nothing of one fold may show in the next
      const TestFold f = source.fold(core->dataflow(), extent, side == 40 ? 400 : 1000);
      SCOPED_TRACE("array " + std::to_string(array) + ", fold " + std::to_string(round) + ": " +
                   describe(core->dataflow(), extent, f.fold));
      const std::vector<std::int32_t> expected = products(f, core->dataflow());
      core->begin_fold(f.core_fold());
      const std::uint32_t longest = source.roll(1, 40);
      const std::uint32_t readable = extent.rows + extent.cols + 64;
      while (core->time() < core->duration()) {
        const std::uint32_t begin = core->time();
        const std::uint32_t step = std::min(source.roll(1, longest), core->duration() - begin);
        feed(*core, f, step);
        core->advance(step);
        expect_completed(*core, expected, begin, core->time());
        const auto past = [&](std::uint32_t t) { return t > readable ? t - readable : 0; };
        expect_completed(*core, expected, past(begin), past(core->time()));
        if (HasFatalFailure()) return;
      }
      EXPECT_EQ(
          core->completion(f.fold.vectors - 1, f.fold.columns - 1) + 1 +
              (extent.cols - f.fold.columns) +
              (core->dataflow() == Dataflow::kOutputStationary ? extent.rows - f.fold.vectors : 0),
          core->duration());
    }
  }
}

TEST_P(EveryCore, HasNoResultACycleBeforeItsTime) {
  constexpr ArrayExtent kExtent{5, 19};
  const auto core = make(kExtent);
  TestFold f;
  f.fold.depth = 5;
  f.fold.columns = kExtent.cols;
  f.fold.vectors = core->dataflow() == Dataflow::kOutputStationary ? kExtent.rows : 30;
  f.left.assign(std::size_t{f.fold.vectors} * f.fold.depth, 1);
  f.top.assign(std::size_t{f.fold.depth} * f.fold.columns, 1);
  core->begin_fold(f.core_fold());
  while (core->time() < core->duration()) {
    feed(*core, f, 1);
    core->advance(1);
    const std::uint32_t t = core->time() - 1;
    if (GetParam().body == ArrayBody::kBlock) {
      if (t < core->completion(0, 0)) {
        EXPECT_THROW(static_cast<void>(core->result(0)), SimulationError) << t;
      } else {
        EXPECT_EQ(core->result(0)[0], 5) << t;
      }
      continue;
    }
    for (std::uint32_t v = 0; v < f.fold.vectors; ++v) {
      // A vector's accumulators exist from when it is fed.
      if (core->dataflow() != Dataflow::kOutputStationary && v > t) break;
      for (std::uint32_t c = 0; c < f.fold.columns; ++c) {
        EXPECT_EQ(core->result(v)[c] == 5, t >= core->completion(v, c))
            << t << ' ' << v << ' ' << c;
      }
    }
  }
}

TEST_P(EveryCore, RefusesWhatDoesNotFit) {
  const auto core = make({4, 6});
  const bool os = core->dataflow() == Dataflow::kOutputStationary;
  CoreFold fold{4, 4, 6, 0, nullptr, nullptr};
  EXPECT_NO_THROW(core->begin_fold(fold));
  EXPECT_THROW(core->advance(core->duration() + 1), SimulationError);
  const std::array<std::uint8_t, 8> bytes{};
  EXPECT_THROW(core->feed_left(4, 0, 1, bytes.data()), SimulationError);
  EXPECT_THROW(core->feed_left(0, 0, 5, bytes.data()), SimulationError);
  EXPECT_THROW(core->feed_top(4, bytes.data()), SimulationError);
  (os ? fold.vectors : fold.depth) = 5;
  EXPECT_THROW(core->begin_fold(fold), SimulationError);
  EXPECT_THROW(core->begin_fold({4, 4, 7, 0, nullptr, nullptr}), SimulationError);
  EXPECT_THROW(core->begin_fold({4, 0, 6, 0, nullptr, nullptr}), SimulationError);
  EXPECT_THROW(core->begin_fold({4, 4, 6, 256, nullptr, nullptr}), SimulationError);
  EXPECT_THROW(static_cast<void>(make({0, 4})), InputError);
  EXPECT_THROW(static_cast<void>(make({4, 257})), InputError);
}

/// The shifting array in a fold's cycle `t`: skewed operands at its edges.
void clock(ShiftingArray& array, const TestFold& f, const ArrayCore& core,
           const ArrayExtent& extent, std::uint32_t t) {
  const CoreFold& fold = f.fold;
  const bool os = core.dataflow() == Dataflow::kOutputStationary;
  std::vector<int> left(extent.rows, 0);
  std::vector<std::uint32_t> top(extent.cols, 0);
  for (std::uint32_t r = 0; r < (os ? fold.vectors : fold.depth); ++r) {
    if (t < r || t - r >= (os ? fold.depth : fold.vectors)) continue;
    left[r] =
        os ? f.left_operand(core.dataflow(), r, t - r) : f.left_operand(core.dataflow(), t - r, r);
  }
  for (std::uint32_t c = 0; c < fold.columns; ++c) {
    if (t < c || t - c >= (os ? fold.depth : fold.vectors)) continue;
    top[c] = static_cast<std::uint32_t>(os ? f.top_operand(core.dataflow(), t - c, c)
                                           : f.initial(t - c, c));
  }
  array.clock(left, top);
}

/// An array whose accumulators (output stationary) or held operands are in place.
ShiftingArray loaded_array(const TestFold& f, const ArrayCore& core, const ArrayExtent& extent) {
  const bool os = core.dataflow() == Dataflow::kOutputStationary;
  ShiftingArray array(extent.rows, extent.cols, !os);
  if (os) {
    for (std::uint32_t v = 0; v < f.fold.vectors; ++v) {
      for (std::uint32_t c = 0; c < f.fold.columns; ++c) {
        array.at(v, c).sum = static_cast<std::uint32_t>(f.initial(v, c));
      }
    }
    return array;
  }
  for (std::uint32_t k = extent.rows; k-- > 0;) {
    std::vector<int> row(extent.cols, 0);
    for (std::uint32_t c = 0; k < f.fold.depth && c < f.fold.columns; ++c) {
      row[c] = f.top_operand(core.dataflow(), k, c);
    }
    array.load(row);
  }
  return array;
}

TEST_P(EveryCore, HoldsTheRegistersOfAShiftingArrayAtAnyTime) {
  FoldSource source(2);
  for (int round = 0; round < 24; ++round) {
    const ArrayExtent extent{source.roll(1, 24), source.roll(1, 40)};
    const auto core = make(extent);
    const TestFold f = source.fold(core->dataflow(), extent, 300);
    SCOPED_TRACE("round " + std::to_string(round) + ": " +
                 describe(core->dataflow(), extent, f.fold));
    core->begin_fold(f.core_fold());
    if (GetParam().body == ArrayBody::kBlock) {
      EXPECT_FALSE(core->registers(0, 0).has_value());
      continue;
    }
    ShiftingArray array = loaded_array(f, *core, extent);
    const std::uint32_t longest = source.roll(1, 30);
    while (core->time() < core->duration()) {
      const std::uint32_t begin = core->time();
      const std::uint32_t step = std::min(source.roll(1, longest), core->duration() - begin);
      feed(*core, f, step);
      core->advance(step);
      for (std::uint32_t t = begin; t < core->time(); ++t) clock(array, f, *core, extent, t);
      for (std::uint32_t r = 0; r < extent.rows; ++r) {
        for (std::uint32_t c = 0; c < extent.cols; ++c) {
          const ShiftingArray::Element& element = array.at(r, c);
          const ElementRegisters registers = core->registers(r, c).value_or(ElementRegisters{});
          ASSERT_EQ(registers.left, element.left) << core->time() << ' ' << r << ' ' << c;
          ASSERT_EQ(registers.top, element.top) << core->time() << ' ' << r << ' ' << c;
          ASSERT_EQ(registers.accumulator, static_cast<std::int32_t>(element.sum))
              << core->time() << ' ' << r << ' ' << c;
        }
      }
    }
  }
}

}  // namespace
}  // namespace brownout::accel
