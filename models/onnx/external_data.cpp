// SPDX-License-Identifier: Apache-2.0
#include "models/onnx/external_data.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <fstream>
#include <map>
#include <numeric>
#include <string>

#include "sim/core/error.h"

namespace brownout::models::onnx_import {
namespace {

namespace fs = std::filesystem;
using onnx::TensorProto;

struct Extract {
  std::string location;
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
  bool to_the_end = true;
};

[[noreturn]] void reject(const TensorProto& tensor, const std::string& what) {
  throw InputError(fmt::format("constant '{}': {}", tensor.name(), what));
}

std::uint64_t number(const TensorProto& tensor, const std::string& key, const std::string& text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) {
    reject(tensor, fmt::format("external data '{}': found '{}', allowed is a number", key, text));
  }
  return value;
}

Extract read_extract(const TensorProto& tensor) {
  Extract extract;
  for (const auto& entry : tensor.external_data()) {
    if (entry.key() == "location") extract.location = entry.value();
    if (entry.key() == "offset") extract.offset = number(tensor, entry.key(), entry.value());
    if (entry.key() == "length") {
      extract.length = number(tensor, entry.key(), entry.value());
      extract.to_the_end = false;
    }
  }
  return extract;
}

/// The file, links resolved, so that no name leads out of the folder.
fs::path resolve(const TensorProto& tensor, const std::string& location, const fs::path& folder) {
  std::error_code error;
  const fs::path root = fs::canonical(folder, error);
  fs::path file = error ? fs::path() : fs::canonical(root / location, error);
  if (location.empty() || error || !fs::is_regular_file(file, error)) {
    reject(tensor, fmt::format("external data '{}': no such file", location));
  }
  const auto end = std::mismatch(root.begin(), root.end(), file.begin(), file.end()).first;
  if (fs::path(location).is_absolute() || end != root.end()) {
    reject(tensor, fmt::format("external data '{}': lie outside the network's folder", location));
  }
  return file;
}

/// Bytes taken from each file so far.
using BytesRead = std::map<fs::path, std::uint64_t>;

void read_tensor(TensorProto& tensor, const fs::path& folder, BytesRead& read) {
  const Extract extract = read_extract(tensor);
  const fs::path path = resolve(tensor, extract.location, folder);
  const std::uint64_t size = fs::file_size(path);
  const std::uint64_t rest = extract.offset <= size ? size - extract.offset : 0;
  const std::uint64_t length = extract.to_the_end ? rest : extract.length;
  if (extract.offset > size || length > rest) {
    reject(tensor, fmt::format("external data '{}': has {} bytes, {} from {} are asked for",
                               extract.location, size, length, extract.offset));
  }
  // A small model must not make much of one file.
  if ((read[path] += length) > size) {
    reject(tensor, fmt::format("external data '{}': is read more than once", extract.location));
  }
  std::string& bytes = *tensor.mutable_raw_data();
  bytes.resize(length);
  std::ifstream file(path, std::ios::binary);
  file.seekg(static_cast<std::streamoff>(extract.offset));
  if (!file.read(bytes.data(), static_cast<std::streamsize>(length))) {
    reject(tensor, fmt::format("external data '{}': cannot be read", extract.location));
  }
  tensor.clear_external_data();
  tensor.set_data_location(TensorProto::DEFAULT);
}

}  // namespace

std::uint64_t read_external_data(onnx::ModelProto& model, const fs::path& folder) {
  BytesRead read;
  for (TensorProto& tensor : *model.mutable_graph()->mutable_initializer()) {
    if (tensor.data_location() == TensorProto::EXTERNAL) read_tensor(tensor, folder, read);
  }
  return std::accumulate(read.begin(), read.end(), std::uint64_t{0},
                         [](std::uint64_t sum, const auto& file) { return sum + file.second; });
}

}  // namespace brownout::models::onnx_import
