// SPDX-License-Identifier: Apache-2.0
// Small files that ask for much memory: the peak stays near what the file's size allows.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <fstream>
#include <functional>
#include <string>

#include "models/onnx/float_import.h"
#include "models/onnx/import.h"
#include "sim/core/error.h"
#include "tests/models/onnx/float_maker.h"

namespace brownout::models {
namespace {

/// KiB of a line of /proc/self/status.
std::int64_t status(const std::string& key) {
  std::ifstream file("/proc/self/status");
  for (std::string line; std::getline(file, line);) {
    if (line.rfind(key + ":", 0) == 0) return std::stoll(line.substr(key.size() + 1));
  }
  return -1;
}

/// Most KiB resident during `work` above what was before.
std::int64_t peak_growth(const std::function<void()>& work) {
  std::ofstream("/proc/self/clear_refs") << "5";  // the peak starts anew (proc(5))
  const std::int64_t before = status("VmRSS");
  work();
  return status("VmHWM") - before;
}

std::string name(const char* stem, int i) { return std::string(stem) + std::to_string(i); }

/// Each file is at most this large, and may take that plus what is free to any.
constexpr std::size_t kLargestFile = 512 << 10;
constexpr std::int64_t kMostKib = 160 << 10;

struct Hostile {
  const char* name;
  std::function<void(FloatMaker&)> fill;
};

std::ostream& operator<<(std::ostream& out, const Hostile& h) { return out << h.name; }

class HostileMemory : public testing::TestWithParam<Hostile> {};

/// Loads the model as a float and as a quantised network.
void expect_bounded(const onnx::ModelProto& model) {
  const std::string bytes = model.SerializeAsString();
  ASSERT_LE(bytes.size(), kLargestFile);
  const std::string file = test_file("hostile.onnx");
  std::ofstream(file, std::ios::binary) << bytes;
  std::string refusal;
  const std::int64_t kib = peak_growth([&] {
    for (const auto load : {+[](const std::string& f) { static_cast<void>(load_float_onnx(f)); },
                            +[](const std::string& f) { static_cast<void>(load_onnx(f)); }}) {
      try {
        load(file);
      } catch (const InputError& error) {
        refusal += error.what();
      }
    }
  });
  std::remove(file.c_str());
#if defined(__SANITIZE_ADDRESS__)
  GTEST_SKIP() << "an address sanitizer keeps what is freed";
#endif
  EXPECT_LE(kib, kMostKib) << bytes.size() << " bytes";
  EXPECT_LT(refusal.size(), 500'000U);
}

TEST_P(HostileMemory, StaysBounded) {
  FloatMaker maker({4, 4, 4});
  GetParam().fill(maker);
  expect_bounded(maker.output("y").model);
}

TEST(HostileQuantisedMemory, StaysBoundedByManyLongMoves) {
  ModelMaker maker({1, 1, 1 << 19});
  maker.integers("pads", onnx::TensorProto::INT64, {8}, {0, 0, 0, 1 << 19, 0, 0, 0, -(1 << 19)});
  for (int i = 0; i < 2000; ++i) {
    set_text(maker.node("Pad", name("n", i), {"x", "pads"}), "mode", "edge");
  }
  expect_bounded(maker.output("n1").model);
}

TEST(HostileQuantisedMemory, StaysBoundedByLayersOfTheSameWeights) {
  ModelMaker maker({4, 4, 4});
  const std::string input = maker.real_input();
  const std::string weights =
      maker.weights("w", {1 << 14, 4, 1, 1}, std::vector<int>(1 << 16, 1), 0.5F);
  for (int i = 0; i < 3000; ++i) maker.node("Conv", name("n", i), {input, weights});
  maker.quantize("n1", "y", 0.5F, 0);
  expect_bounded(maker.output("y").model);
}

void set_input(FloatMaker& maker, std::initializer_list<int> dims) {
  auto& shape = *maker.model.mutable_graph()
                     ->mutable_input(0)
                     ->mutable_type()
                     ->mutable_tensor_type()
                     ->mutable_shape();
  int at = 1;
  for (const int dim : dims) shape.mutable_dim(at++)->set_dim_value(dim);
}

/// `count` nodes of one operator in a row, each made by `add(input, name)`.
void chain(int count, const std::function<void(const std::string&, const std::string&)>& add) {
  for (int i = 0; i < count; ++i) {
    add(i == 0 ? "image" : name("n", i - 1), i + 1 == count ? "y" : name("n", i));
  }
}

const Hostile kFiles[] = {
    {"transposes_of_a_huge_image",
     [](FloatMaker& m) {
       set_input(m, {1 << 8, 1 << 10, 1 << 10});
       chain(8, [&](const std::string& input, const std::string& output) {
         set_ints(m.node("Transpose", output, {input}), "perm", {0, 2, 3, 1});
       });
     }},
    {"channels_last_of_a_huge_image",
     [](FloatMaker& m) {
       set_input(m, {1 << 14, 1 << 13, 2});
       set_ints(m.node("Transpose", "y", {"image"}), "perm", {0, 3, 1, 2});
     }},
    {"many_transposes",
     [](FloatMaker& m) {
       set_input(m, {64, 256, 256});
       chain(500, [&](const std::string& input, const std::string& output) {
         set_ints(m.node("Transpose", output, {input}), "perm", {0, 2, 3, 1});
       });
     }},
    {"bilinear_by_a_million",
     [](FloatMaker& m) {
       set_input(m, {4, 1, 1});
       set_text(m.node("Resize", "y", {"image", "", m.floats("s", {4}, {1, 1, 1 << 18, 1 << 18})}),
                "mode", "linear");
     }},
    {"bilinear_of_a_million_channels",
     [](FloatMaker& m) {
       set_input(m, {1 << 20, 1, 1});
       set_text(m.node("Resize", "y", {"image", "", m.floats("s", {4}, {1, 1, 64, 64})}), "mode",
                "linear");
     }},
    {"many_long_pads",
     [](FloatMaker& m) {
       m.integers("pads", {0, 0, 0, 1 << 19, 0, 0, 0, -(1 << 19)});
       m.integers("back", {0, 0, 0, -(1 << 19), 0, 0, 0, 1 << 19});
       set_input(m, {1, 1, 1 << 19});
       for (int i = 0; i < 2000; ++i) m.node("Pad", name("n", i), {"image", "pads"});
       m.node("Relu", "y", {"n1"});
     }},
    {"many_large_constants",
     [](FloatMaker& m) {
       m.integers("shape", {1 << 20});
       for (int i = 0; i < 2000; ++i) m.node("ConstantOfShape", name("n", i), {"shape"});
       m.node("Relu", "y", {"image"});
     }},
    {"one_constant_many_layers",
     [](FloatMaker& m) {
       m.floats("w", {16384, 4, 1, 1}, std::vector<float>(65536, 1.0F));
       for (int i = 0; i < 3000; ++i) m.node("Conv", name("n", i), {"image", "w"});
       m.node("Relu", "y", {"image"});
     }},
    {"empty_messages",
     [](FloatMaker& m) {
       for (int i = 0; i < 200'000; ++i) m.model.mutable_graph()->add_node();
       m.node("Relu", "y", {"image"});
     }},
    {"many_duplicate_names",
     [](FloatMaker& m) {
       for (int i = 0; i < 60'000; ++i) m.model.mutable_graph()->add_initializer();
       m.node("Relu", "y", {"image"});
     }},
    {"long_name_in_every_finding",
     [](FloatMaker& m) {
       const std::string longest(200'000, 'a');
       m.node("Unknown", longest, {"image"}).set_name("");
       for (int i = 0; i < 2000; ++i) m.node("Unknown", name("n", i), {"missing"});
       m.node("Relu", "y", {longest});
     }},
    {"deep_subgraphs",
     [](FloatMaker& m) {
       onnx::GraphProto* graph = m.model.mutable_graph();
       for (int depth = 0; depth < 5000; ++depth) {
         auto& attribute = *graph->add_node()->add_attribute();
         attribute.set_name("body");
         attribute.set_type(onnx::AttributeProto::GRAPH);
         graph = attribute.mutable_g();
       }
     }},
    {"expanded_then_summed",
     [](FloatMaker& m) {
       m.integers("to", {1 << 10, 1 << 10});
       m.node("Expand", "e", {m.floats("one", {1}, {1.0F}), "to"});
       for (int i = 0; i < 500; ++i) m.node("Add", name("n", i), {"e", "e"});
       m.node("Relu", "y", {"image"});
     }},
};

INSTANTIATE_TEST_SUITE_P(Files, HostileMemory, testing::ValuesIn(kFiles),
                         [](const auto& file) { return file.param.name; });

}  // namespace
}  // namespace brownout::models
