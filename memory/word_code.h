// SPDX-License-Identifier: Apache-2.0
// Error codes over a buffer's words (layer 2): check bits made when a word is written, and what is
// delivered of a word and check bits as failing cells give them.
//
// A word is one or several code words ("lanes") side by side. Every code here is linear: each data
// bit has a column, the check bits are the XOR of the columns of the data bits that are 1, and the
// syndrome, their difference from the check bits read, tells what happened.
//   SECDED  columns of odd weight, all different, rows balanced (M. Y. Hsiao, IBM J. Res. Dev.
//           14(4), 1970): a syndrome of odd weight that is a column is that bit's error; any other
//           one but zero is an error that cannot be put right.
//   parity  all columns 1: an odd number of errors shows.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "sim/core/units.h"

namespace brownout::memory {
/// SECDED by its data bits: secded_72_64 and secded_39_32.
enum class Code : std::uint8_t { kNone, kSecded64, kSecded32, kParity };

/// What is delivered of data that are known to be wrong and cannot be put right.
enum class OnError : std::uint8_t {
  kKeep,        ///< as they were read
  kZeroWord,    ///< zero, for the whole code word; parity then has one bit a word
  kZeroWeight,  ///< parity only: one bit a byte, and that byte is zero
};

[[nodiscard]] const std::vector<std::pair<std::string, Code>>& code_names();
[[nodiscard]] const std::vector<std::pair<std::string, OnError>>& on_error_names();

/// A code as configured; see WordCode for which go together.
struct CodeChoice {
  Code code = Code::kNone;
  OnError on_error = OnError::kKeep;
};

/// How a word splits into code words.
struct Lanes {
  std::uint32_t count = 1;
  std::uint32_t data_bits = 64;  ///< of each
  std::uint32_t check_bits = 0;  ///< of each
};

/// Throws InputError saying what is allowed when words of `word_bits` cannot have the code, or the
/// code cannot do that on errors.
[[nodiscard]] Lanes lanes_of(const CodeChoice& choice, std::uint32_t word_bits);

/// A word's data and check bits as read, decoded. Bit i of a mask stands for lane i.
struct Decoded {
  std::uint64_t word = 0;         ///< what the buffer delivers
  std::uint32_t corrected = 0;    ///< lanes in which a bit was put right, perhaps the wrong one
  std::uint32_t uncorrected = 0;  ///< lanes known to be wrong
};

/// What became of code words when they were read.
struct CodeOutcomes {
  std::uint64_t words = 0;      ///< code words read; without a code, buffer words
  std::uint64_t corrected = 0;  ///< delivered as written, with a bit put right
  std::uint64_t detected = 0;   ///< known to be wrong, whatever was then delivered
  std::uint64_t silent = 0;     ///< delivered wrong, and nobody knows

  CodeOutcomes& operator+=(const CodeOutcomes& other);
  friend bool operator==(const CodeOutcomes& a, const CodeOutcomes& b) {
    return a.words == b.words && a.corrected == b.corrected && a.detected == b.detected &&
           a.silent == b.silent;
  }
};

/// Two-input gates that switch at most; what the estimate of a coder's energy multiplies.
struct GateCounts {
  std::uint32_t encode = 0;
  std::uint32_t decode = 0;
};

class WordCode {
 public:
  /// Throws as lanes_of.
  WordCode(const CodeChoice& choice, std::uint32_t word_bits);

  [[nodiscard]] bool is_none() const { return lanes_.check_bits == 0; }
  [[nodiscard]] const Lanes& lanes() const { return lanes_; }
  /// Stored beside every word.
  [[nodiscard]] std::uint32_t check_bits() const { return lanes_.count * lanes_.check_bits; }
  /// Check bits that go with `word`, those of lane 0 lowest; an all-zero word has zeros.
  [[nodiscard]] std::uint64_t encode(std::uint64_t word) const;
  [[nodiscard]] Decoded decode(std::uint64_t word, std::uint64_t check) const;
  /// What it means that `decoded` came of the word that was written.
  [[nodiscard]] CodeOutcomes outcomes(std::uint64_t written, const Decoded& decoded) const;
  [[nodiscard]] GateCounts gates() const;

  /// Column of each data bit of a lane, bit r for check bit r.
  [[nodiscard]] const std::vector<std::uint8_t>& columns() const { return columns_; }

 private:
  /// By syndrome: the data bit to invert, or one of these.
  enum : std::uint8_t { kClean = 0xfd, kCheckBit = 0xfe, kUncorrectable = 0xff };

  [[nodiscard]] std::uint64_t lane_mask() const {
    return ~std::uint64_t{0} >> (64 - lanes_.data_bits);
  }
  [[nodiscard]] std::uint32_t lane_check(std::uint64_t lane) const {
    std::uint32_t check = 0;
    for (std::uint32_t byte = 0; byte < lanes_.data_bits / 8; ++byte, lane >>= 8) {
      check ^= check_of_byte_[byte][lane & 0xff];
    }
    return check;
  }

  CodeChoice choice_;
  Lanes lanes_;
  std::vector<std::uint8_t> columns_;
  std::array<std::array<std::uint8_t, 256>, 8> check_of_byte_{};
  std::array<std::uint8_t, 256> action_{};
};

}  // namespace brownout::memory
