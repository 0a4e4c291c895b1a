// SPDX-License-Identifier: Apache-2.0
#include "sim/config/document.h"

#include <utility>

#include "sim/config/dump.h"
#include "sim/config/loader.h"
#include "sim/config/record.h"
#include "sim/core/error.h"

namespace brownout::config {

Document Document::load(const std::filesystem::path& file, const Overrides& overrides) {
  auto state = std::make_unique<DocumentState>();
  auto root = load_file(file, state->load);
  // Half a tree would make every key of the missing half a finding.
  if (!root) state->load.diagnostics.raise_if_any();
  require(root.has_value(), "a file that does not load leaves a finding");
  for (const Override& one : overrides) apply_override(one, *root, state->load);
  state->root = std::move(*root);
  state->record.node = &state->root;
  state->record.spot = state->root.spot;
  return Document(std::move(state));
}

Document::Document(std::unique_ptr<DocumentState> state) : state_(std::move(state)) {}
Document::Document(Document&&) noexcept = default;
Document& Document::operator=(Document&&) noexcept = default;
Document::~Document() = default;

Section Document::root() { return {*state_, state_->record}; }

void Document::finish() {
  Diagnostics findings = state_->load.diagnostics;
  report_unknown_keys(state_->record, findings);
  findings.raise_if_any();
}

std::string Document::resolved_yaml() const { return dump_yaml(state_->record); }

std::string Document::schema() const { return dump_schema(state_->record); }

}  // namespace brownout::config
