// SPDX-License-Identifier: Apache-2.0
// The parsed file after the checks that need no operator knowledge (layer 2): one input, one
// output, every name defined once and before its use.
#pragma once

#include <onnx/onnx_pb.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "models/graph.h"
#include "sim/core/error.h"

namespace brownout::models::onnx_import {

/// Collects what is wrong with a file, one line each.
class Findings {
 public:
  explicit Findings(std::string file) : file_(std::move(file)) {}

  /// One line of `what`, cut where it is very long; of very many lines only the first are kept.
  void add(const std::string& what);
  [[nodiscard]] bool empty() const { return lines_.empty(); }
  /// Throws one InputError with all findings unless there are none.
  void throw_if_any() const;

 private:
  std::string file_;
  std::vector<std::string> lines_;
  std::size_t left_out_ = 0;
};

struct ModelView {
  std::unique_ptr<onnx::ModelProto> model;
  std::uint64_t bytes = 0;  ///< of the file and of those its constants lie in
  const onnx::ValueInfoProto* input = nullptr;
  const onnx::ValueInfoProto* output = nullptr;
  std::unordered_map<std::string, int> uses;  ///< by nodes and as the network's output

  [[nodiscard]] const onnx::GraphProto& graph() const { return model->graph(); }
};

/// Whether some node quantises or works on codes.
[[nodiscard]] bool is_quantized(const ModelView& view);

/// Parses and checks `path`. Throws InputError with all findings.
[[nodiscard]] ModelView open_model(const std::filesystem::path& path);

/// What `import(view, findings)` makes of the file at `path`; every InputError names the file.
template <class Import>
[[nodiscard]] auto import_file(const std::filesystem::path& path, Import import) {
  const ModelView view = open_model(path);
  Findings findings(path.string());
  try {
    return import(view, findings);
  } catch (const InputError& error) {
    const std::string what = error.what();
    if (what.rfind(path.string() + ": ", 0) == 0) throw;
    findings.add(what);
  }
  findings.throw_if_any();
  throw SimulationError("import_file: a finding went missing");
}

/// Shape of the network's input. Throws InputError unless it is [1 or symbolic, C, H, W] or
/// [1 or symbolic, C].
[[nodiscard]] Shape read_input_shape(const onnx::ValueInfoProto& input);

/// `brownout.mean` and `brownout.deviation` of the metadata, or, in files of others, `mean` and
/// `std` of pixels times `scale` (1/255 when not given); absent means 0 and 1.
[[nodiscard]] Preprocessing read_preprocessing(const onnx::ModelProto& model, int channels);

}  // namespace brownout::models::onnx_import
