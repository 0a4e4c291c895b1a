// SPDX-License-Identifier: Apache-2.0
#include "models/onnx/external_data.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "models/onnx/constant.h"
#include "sim/core/error.h"
#include "tests/models/onnx/model_maker.h"

namespace brownout::models::onnx_import {
namespace {

namespace fs = std::filesystem;
using onnx::TensorProto;
using testing::HasSubstr;

class ExternalData : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = test_file("external_data_folder");
    fs::remove_all(folder_);
    fs::create_directories(folder_ / "network" / "deeper");
    std::ofstream(folder_ / "outside.bin", std::ios::binary) << "secret..";
    std::ofstream(folder_ / "network" / "inside.bin", std::ios::binary) << "0123456789abcdef";
    fs::create_symlink("../outside.bin", folder_ / "network" / "link.bin");
  }
  void TearDown() override { fs::remove_all(folder_); }

  TensorProto& add(onnx::ModelProto& model, const std::string& location) {
    TensorProto& tensor = *model.mutable_graph()->add_initializer();
    tensor.set_name("c");
    tensor.set_data_type(TensorProto::UINT8);
    tensor.add_dims(4);
    tensor.set_data_location(TensorProto::EXTERNAL);
    set(tensor, "location", location);
    return tensor;
  }
  static void set(TensorProto& tensor, const std::string& key, const std::string& value) {
    auto& entry = *tensor.add_external_data();
    entry.set_key(key);
    entry.set_value(value);
  }
  void read(onnx::ModelProto& model) const { read_external_data(model, folder_ / "network"); }
  std::string refusal(onnx::ModelProto& model) const {
    try {
      read(model);
    } catch (const InputError& error) {
      return error.what();
    }
    return {};
  }

  fs::path folder_;
};

TEST_F(ExternalData, IsReadFromItsPlace) {
  onnx::ModelProto model;
  TensorProto& tensor = add(model, "deeper/../inside.bin");
  set(tensor, "offset", "10");
  set(tensor, "length", "4");
  read(model);
  EXPECT_EQ(tensor.raw_data(), "abcd");
  EXPECT_EQ(integers(make_constant(tensor)), (std::vector<std::int32_t>{'a', 'b', 'c', 'd'}));
}

TEST_F(ExternalData, NeverLeavesTheFolder) {
  for (const std::string& location :
       {std::string("../outside.bin"), std::string("link.bin"), (folder_ / "outside.bin").string(),
        (folder_ / "network" / "inside.bin").string()}) {
    onnx::ModelProto model;
    add(model, location);
    EXPECT_THAT(refusal(model), HasSubstr("lie outside the network's folder")) << location;
  }
}

TEST_F(ExternalData, MustBeThere) {
  onnx::ModelProto missing;
  add(missing, "gone.bin");
  EXPECT_EQ(refusal(missing), "constant 'c': external data 'gone.bin': no such file");
  onnx::ModelProto folder;
  add(folder, "deeper");
  EXPECT_THAT(refusal(folder), HasSubstr("no such file"));
  onnx::ModelProto beyond;
  set(add(beyond, "inside.bin"), "offset", "18446744073709551615");
  EXPECT_THAT(refusal(beyond), HasSubstr("has 16 bytes"));
  onnx::ModelProto longer;
  TensorProto& tensor = add(longer, "inside.bin");
  set(tensor, "offset", "8");
  set(tensor, "length", "9");
  EXPECT_THAT(refusal(longer), HasSubstr("9 from 8 are asked for"));
  onnx::ModelProto words;
  set(add(words, "inside.bin"), "length", "four");
  EXPECT_THAT(refusal(words), HasSubstr("'length': found 'four', allowed is a number"));
}

TEST_F(ExternalData, IsNotReadManyTimesOver) {
  onnx::ModelProto model;
  for (int i = 0; i < 3; ++i) add(model, "inside.bin");
  EXPECT_THAT(refusal(model), HasSubstr("is read more than once"));
}

}  // namespace
}  // namespace brownout::models::onnx_import
