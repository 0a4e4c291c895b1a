// SPDX-License-Identifier: Apache-2.0
#include "memory/word_code.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/core/error.h"

namespace brownout::memory {
namespace {

std::uint32_t weight_of(std::uint32_t bits) {
  std::uint32_t weight = 0;
  for (; bits != 0; bits &= bits - 1) ++weight;
  return weight;
}

template <class E>
const std::string& name_of(const std::vector<std::pair<std::string, E>>& names, E value) {
  for (const auto& [name, named] : names) {
    if (named == value) return name;
  }
  throw SimulationError("a value without a name");
}

bool is_secded(Code code) { return code == Code::kSecded64 || code == Code::kSecded32; }

/// `count` different columns of odd weight 3 and more, the lightest first and of equal ones those
/// that load the least loaded rows: fewest ones, spread evenly over the rows.
std::vector<std::uint8_t> hsiao_columns(std::uint32_t count, std::uint32_t rows) {
  std::vector<std::uint8_t> columns;
  std::vector<std::uint32_t> loads(rows, 0);
  for (std::uint32_t weight = 3; columns.size() < count; weight += 2) {
    std::vector<std::uint8_t> left;
    for (std::uint32_t column = 1; column < 1U << rows; ++column) {
      if (weight_of(column) == weight) left.push_back(static_cast<std::uint8_t>(column));
    }
    const auto load = [&](std::uint8_t column) {
      std::uint32_t sum = 0;
      for (std::uint32_t row = 0; row < rows; ++row) sum += (column >> row & 1U) * loads[row];
      return sum;
    };
    while (!left.empty() && columns.size() < count) {
      const auto best =
          std::min_element(left.begin(), left.end(),
                           [&](std::uint8_t a, std::uint8_t b) { return load(a) < load(b); });
      for (std::uint32_t row = 0; row < rows; ++row) loads[row] += *best >> row & 1U;
      columns.push_back(*best);
      left.erase(best);
    }
  }
  return columns;
}

}  // namespace

const std::vector<std::pair<std::string, Code>>& code_names() {
  static const std::vector<std::pair<std::string, Code>> kNames = {
      {"none", Code::kNone},
      {"secded_72_64", Code::kSecded64},
      {"secded_39_32", Code::kSecded32},
      {"parity", Code::kParity}};
  return kNames;
}

const std::vector<std::pair<std::string, OnError>>& on_error_names() {
  static const std::vector<std::pair<std::string, OnError>> kNames = {
      {"keep", OnError::kKeep},
      {"zero_word", OnError::kZeroWord},
      {"zero_weight", OnError::kZeroWeight}};
  return kNames;
}

Lanes lanes_of(const CodeChoice& choice, std::uint32_t word_bits) {
  const auto refuse = [&](const std::string& found, const char* allowed) {
    throw InputError(fmt::format("found {} with code {}, allowed: {}", found,
                                 name_of(code_names(), choice.code), allowed));
  };
  const std::string on_error = "on_error " + name_of(on_error_names(), choice.on_error);
  const std::string words = fmt::format("words of {} bits", word_bits);
  switch (choice.code) {
    case Code::kNone:
      break;
    case Code::kSecded64:
      if (word_bits != 64) refuse(words, "64, or code secded_39_32 (32 or 64) or parity");
      if (choice.on_error == OnError::kZeroWeight) refuse(on_error, "keep or zero_word");
      return {1, 64, 8};
    case Code::kSecded32:
      if (word_bits != 32 && word_bits != 64) refuse(words, "32 or 64, or code parity");
      if (choice.on_error == OnError::kZeroWeight) refuse(on_error, "keep or zero_word");
      return {word_bits / 32, 32, 7};
    case Code::kParity:
      if (choice.on_error == OnError::kZeroWord) return {1, word_bits, 1};
      if (choice.on_error == OnError::kZeroWeight) return {word_bits / 8, 8, 1};
      refuse(on_error, "zero_word or zero_weight");
  }
  return {1, word_bits, 0};
}

CodeOutcomes& CodeOutcomes::operator+=(const CodeOutcomes& other) {
  words += other.words;
  corrected += other.corrected;
  detected += other.detected;
  silent += other.silent;
  return *this;
}

WordCode::WordCode(const CodeChoice& choice, std::uint32_t word_bits)
    : choice_(choice), lanes_(lanes_of(choice, word_bits)) {
  const bool corrects = is_secded(choice.code);
  if (corrects) columns_ = hsiao_columns(lanes_.data_bits, lanes_.check_bits);
  if (choice.code == Code::kParity) columns_.assign(lanes_.data_bits, 1);
  for (std::uint32_t bit = 0; bit < columns_.size(); ++bit) {
    for (std::uint32_t value = 0; value < 256; ++value) {
      if ((value >> bit % 8 & 1U) != 0) check_of_byte_[bit / 8][value] ^= columns_[bit];
    }
  }
  action_.fill(kUncorrectable);
  action_[0] = kClean;
  if (!corrects) return;
  for (std::uint32_t row = 0; row < lanes_.check_bits; ++row) action_[1U << row] = kCheckBit;
  for (std::uint32_t bit = 0; bit < columns_.size(); ++bit) {
    action_[columns_[bit]] = static_cast<std::uint8_t>(bit);
  }
}

std::uint64_t WordCode::encode(std::uint64_t word) const {
  if (is_none()) return 0;
  std::uint64_t check = 0;
  for (std::uint32_t lane = 0; lane < lanes_.count; ++lane) {
    const std::uint64_t data = word >> lane * lanes_.data_bits & lane_mask();
    check |= std::uint64_t{lane_check(data)} << lane * lanes_.check_bits;
  }
  return check;
}

Decoded WordCode::decode(std::uint64_t word, std::uint64_t check) const {
  Decoded decoded{word, 0, 0};
  if (is_none()) return decoded;
  const std::uint32_t check_mask = (1U << lanes_.check_bits) - 1;
  for (std::uint32_t lane = 0; lane < lanes_.count; ++lane) {
    const std::uint32_t shift = lane * lanes_.data_bits;
    const std::uint32_t syndrome =
        lane_check(word >> shift & lane_mask()) ^
        (static_cast<std::uint32_t>(check >> lane * lanes_.check_bits) & check_mask);
    const std::uint8_t action = action_[syndrome];
    if (action == kClean) continue;
    if (action == kUncorrectable) {
      decoded.uncorrected |= 1U << lane;
      if (choice_.on_error != OnError::kKeep) decoded.word &= ~(lane_mask() << shift);
      continue;
    }
    decoded.corrected |= 1U << lane;
    if (action != kCheckBit) decoded.word ^= std::uint64_t{1} << (shift + action);
  }
  return decoded;
}

CodeOutcomes WordCode::outcomes(std::uint64_t written, const Decoded& decoded) const {
  CodeOutcomes outcomes;
  outcomes.words = lanes_.count;
  const std::uint64_t wrong = written ^ decoded.word;
  for (std::uint32_t lane = 0; lane < lanes_.count; ++lane) {
    if ((decoded.uncorrected >> lane & 1U) != 0) {
      ++outcomes.detected;
    } else if ((wrong >> lane * lanes_.data_bits & lane_mask()) != 0) {
      ++outcomes.silent;
    } else if ((decoded.corrected >> lane & 1U) != 0) {
      ++outcomes.corrected;
    }
  }
  return outcomes;
}

GateCounts WordCode::gates() const {
  if (is_none()) return {};
  std::uint32_t ones = 0;
  for (const std::uint8_t column : columns_) ones += weight_of(column);
  GateCounts lane;
  lane.encode = ones - lanes_.check_bits;  // a XOR less than ones in each row
  lane.decode = ones;                      // and one more, with the check bit read
  // Each data bit: match its column and invert, or be zeroed.
  if (is_secded(choice_.code)) lane.decode += lanes_.data_bits * lanes_.check_bits;
  if (choice_.on_error != OnError::kKeep) lane.decode += lanes_.data_bits;
  return {lane.encode * lanes_.count, lane.decode * lanes_.count};
}

}  // namespace brownout::memory
