// SPDX-License-Identifier: Apache-2.0
// Codes exhaustively: every single error, every double one; and the published shares of words that
// SECDED cannot put right, by closed form and on drawn chips.
#include "memory/word_code.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <set>
#include <string>

#include "memory/weak_cells.h"
#include "sim/core/error.h"

namespace brownout::memory {
namespace {

const CodeChoice kSecded64{Code::kSecded64, OnError::kKeep};
const CodeChoice kSecded32{Code::kSecded32, OnError::kKeep};
const CodeChoice kParityWord{Code::kParity, OnError::kZeroWord};
const CodeChoice kParityWeight{Code::kParity, OnError::kZeroWeight};

/// A stored word with its check bits; bits from `data` on are check bits.
struct Stored {
  std::uint64_t word;
  std::uint64_t check;
  void flip(std::uint32_t bit, std::uint32_t data) {
    (bit < data ? word : check) ^= std::uint64_t{1} << (bit < data ? bit : bit - data);
  }
};

std::vector<std::uint64_t> words() {
  std::vector<std::uint64_t> words = {0, ~std::uint64_t{0}, 0x0123456789abcdefULL};
  std::mt19937_64 random(5);
  for (int i = 0; i < 5; ++i) words.push_back(random());
  return words;
}

std::uint32_t weight(std::uint32_t bits) {
  std::uint32_t sum = 0;
  for (; bits != 0; bits >>= 1U) sum += bits & 1U;
  return sum;
}

class Secded : public testing::TestWithParam<std::pair<CodeChoice, std::uint32_t>> {
 protected:
  CodeChoice choice_ = GetParam().first;
  std::uint32_t bits_ = GetParam().second;
  WordCode code_{choice_, bits_};
  std::uint64_t mask_ = ~std::uint64_t{0} >> (64 - bits_);
  std::uint32_t stored_ = bits_ + code_.check_bits();
  /// Code word that a stored bit belongs to.
  [[nodiscard]] std::uint32_t lane(std::uint32_t bit) const {
    return bit < bits_ ? bit / code_.lanes().data_bits : (bit - bits_) / code_.lanes().check_bits;
  }
};

TEST_P(Secded, EverySingleErrorIsCorrected) {
  for (const std::uint64_t any : words()) {
    const std::uint64_t word = any & mask_;
    const Stored good{word, code_.encode(word)};
    const Decoded clean = code_.decode(good.word, good.check);
    ASSERT_EQ(clean.word, word);
    ASSERT_EQ(code_.outcomes(word, clean), (CodeOutcomes{code_.lanes().count, 0, 0, 0}));
    for (std::uint32_t bit = 0; bit < stored_; ++bit) {
      Stored bad = good;
      bad.flip(bit, bits_);
      const Decoded decoded = code_.decode(bad.word, bad.check);
      ASSERT_EQ(decoded.word, word) << bit;
      ASSERT_EQ(decoded.corrected, 1U << lane(bit)) << bit;
      ASSERT_EQ(decoded.uncorrected, 0U) << bit;
      ASSERT_EQ(code_.outcomes(word, decoded), (CodeOutcomes{code_.lanes().count, 1, 0, 0}));
    }
  }
}

TEST_P(Secded, EveryDoubleErrorOfACodeWordIsDetectedAndDeliveredAsRead) {
  for (const std::uint64_t any : words()) {
    const std::uint64_t word = any & mask_;
    const Stored good{word, code_.encode(word)};
    for (std::uint32_t a = 0; a < stored_; ++a) {
      for (std::uint32_t b = a + 1; b < stored_; ++b) {
        Stored bad = good;
        bad.flip(a, bits_);
        bad.flip(b, bits_);
        const Decoded decoded = code_.decode(bad.word, bad.check);
        if (lane(a) != lane(b)) {
          ASSERT_EQ(decoded.word, word);
          ASSERT_EQ(decoded.corrected, 1U << lane(a) | 1U << lane(b));
          continue;
        }
        ASSERT_EQ(decoded.word, bad.word) << a << ' ' << b;
        ASSERT_EQ(decoded.uncorrected, 1U << lane(a)) << a << ' ' << b;
        ASSERT_EQ(code_.outcomes(word, decoded).detected, 1U);
      }
    }
  }
}

TEST_P(Secded, ZeroWordDeliversZeroForTheCodeWordOnly) {
  const WordCode zeroing({choice_.code, OnError::kZeroWord}, bits_);
  const std::uint64_t word = 0xdeadbeefcafef00dULL & mask_;
  const std::uint64_t check = zeroing.encode(word);
  const std::uint64_t upper = code_.lanes().count == 1 ? 0 : word & ~std::uint64_t{0xffffffff};
  EXPECT_EQ(zeroing.decode(word ^ 3U, check).word, upper);
  EXPECT_EQ(zeroing.decode(word ^ 1U, check).word, word);
}

TEST_P(Secded, ColumnsAreThoseOfHsiao) {
  const std::uint32_t rows = code_.lanes().check_bits;
  const auto& columns = code_.columns();
  ASSERT_EQ(columns.size(), code_.lanes().data_bits);
  EXPECT_EQ(std::set<std::uint8_t>(columns.begin(), columns.end()).size(), columns.size());
  std::vector<std::uint32_t> loads(rows, 1);  // the check bit's own
  std::uint32_t ones = 0;
  for (const std::uint8_t column : columns) {
    ASSERT_EQ(weight(column) % 2, 1U);
    ASSERT_GE(weight(column), 3U);
    ones += weight(column);
    for (std::uint32_t row = 0; row < rows; ++row) loads[row] += column >> row & 1U;
  }
  // His minimum: as many columns of weight 3 as there are, then of weight 5, spread evenly: 27 ones
  // a row of (72,64), 14 or 15 of (39,32).
  EXPECT_EQ(ones, choice_.code == Code::kSecded64 ? 56U * 3 + 8 * 5 : 32U * 3);
  const auto [least, most] = std::minmax_element(loads.begin(), loads.end());
  EXPECT_LE(*most - *least, 1U);
}

INSTANTIATE_TEST_SUITE_P(Codes, Secded,
                         testing::Values(std::pair(kSecded64, 64U), std::pair(kSecded32, 32U),
                                         std::pair(kSecded32, 64U)));

TEST(WordCode, TripleErrorsAreNeverClean) {
  const WordCode code(kSecded64, 64);
  std::mt19937_64 random(6);
  std::uint64_t silent = 0;
  constexpr int kTriples = 20000;
  for (int i = 0; i < kTriples; ++i) {
    const std::uint64_t word = random();
    Stored bad{word, code.encode(word)};
    std::set<std::uint32_t> bits;
    while (bits.size() < 3) bits.insert(static_cast<std::uint32_t>(random() % 72));
    for (const std::uint32_t bit : bits) bad.flip(bit, 64);
    const Decoded decoded = code.decode(bad.word, bad.check);
    ASSERT_EQ(decoded.corrected + decoded.uncorrected, 1U);  // distance 4
    const CodeOutcomes outcomes = code.outcomes(word, decoded);
    ASSERT_EQ(outcomes.silent + outcomes.detected, 1U);
    silent += outcomes.silent;
  }
  // Three columns of odd weight add up to one of the 128 odd syndromes, of which 72 are columns.
  EXPECT_NEAR(static_cast<double>(silent) / kTriples, 72.0 / 128, 0.03);
}

TEST(WordCode, ParityDetectsOddNumbersOfErrorsAndZeroesWhatItGuards) {
  std::mt19937_64 random(7);
  for (const std::uint32_t bits : {8U, 16U, 32U, 64U}) {
    const std::uint64_t mask = ~std::uint64_t{0} >> (64 - bits);
    for (const CodeChoice& choice : {kParityWord, kParityWeight}) {
      const WordCode code(choice, bits);
      const std::uint32_t lane_bits = code.lanes().data_bits;
      ASSERT_EQ(code.check_bits(), bits / lane_bits);
      for (int i = 0; i < 2000; ++i) {
        const std::uint64_t word = random() & mask;
        const std::uint64_t errors = random() & random() & random() & mask;
        const Decoded decoded = code.decode(word ^ errors, code.encode(word));
        for (std::uint32_t lane = 0; lane < code.lanes().count; ++lane) {
          const std::uint64_t lane_mask = ~std::uint64_t{0} >> (64 - lane_bits);
          const std::uint64_t error = errors >> lane * lane_bits & lane_mask;
          const bool odd = (weight(static_cast<std::uint32_t>(error)) +
                            weight(static_cast<std::uint32_t>(error >> 32U))) %
                               2 ==
                           1;
          ASSERT_EQ(decoded.uncorrected >> lane & 1U, odd ? 1U : 0U);
          ASSERT_EQ(decoded.word >> lane * lane_bits & lane_mask,
                    odd ? 0 : (word ^ errors) >> lane * lane_bits & lane_mask);
        }
      }
    }
  }
}

TEST(WordCode, WithoutACodeAWrongWordIsSilent) {
  const WordCode code({}, 64);
  EXPECT_EQ(code.check_bits(), 0U);
  EXPECT_EQ(code.outcomes(5, code.decode(5, 0)), (CodeOutcomes{1, 0, 0, 0}));
  EXPECT_EQ(code.outcomes(5, code.decode(4, 0)), (CodeOutcomes{1, 0, 0, 1}));
}

TEST(WordCode, StoresTwelveAndAHalfPercentMoreFor72By64) {
  EXPECT_EQ(WordCode(kSecded64, 64).check_bits() / 64.0, 0.125);
  EXPECT_EQ(WordCode(kSecded32, 64).check_bits(), 14U);
  EXPECT_EQ(WordCode(kParityWord, 64).check_bits(), 1U);
  EXPECT_EQ(WordCode(kParityWeight, 64).check_bits(), 8U);
}

TEST(WordCode, SaysWhatWordsACodeSuits) {
  const auto error = [](const CodeChoice& choice, std::uint32_t bits) -> std::string {
    try {
      const WordCode code(choice, bits);
      return code.is_none() ? "" : "accepted";
    } catch (const InputError& refusal) {
      return refusal.what();
    }
    return "";
  };
  EXPECT_EQ(error(kSecded64, 32),
            "found words of 32 bits with code secded_72_64, allowed: 64, or code secded_39_32 (32 "
            "or 64) or parity");
  EXPECT_EQ(error(kSecded32, 16),
            "found words of 16 bits with code secded_39_32, allowed: 32 or 64, or code parity");
  EXPECT_EQ(error({Code::kSecded64, OnError::kZeroWeight}, 64),
            "found on_error zero_weight with code secded_72_64, allowed: keep or zero_word");
  EXPECT_EQ(error({Code::kParity, OnError::kKeep}, 64),
            "found on_error keep with code parity, allowed: zero_word or zero_weight");
}

TEST(WordCode, GatesAreThoseOfTheMatrix) {
  // (72,64): 208 ones in 8 rows. Encoder: 208 - 8 XORs. Decoder: 208 for the syndrome, and per data
  // bit 7 ANDs to match its column and a XOR.
  const GateCounts gates = WordCode(kSecded64, 64).gates();
  EXPECT_EQ(gates.encode, 200U);
  EXPECT_EQ(gates.decode, 208U + 64 * 8);
  EXPECT_EQ(WordCode(kParityWord, 64).gates().encode, 63U);
  EXPECT_EQ(WordCode(kParityWord, 64).gates().decode, 64U + 64);
  EXPECT_EQ(WordCode({}, 64).gates().decode, 0U);
}

/// Share of words with two or more wrong bits of 72, independent cells.
double uncorrectable(double rate) {
  return 1 - std::pow(1 - rate, 72) - 72 * rate * std::pow(1 - rate, 71);
}

TEST(WordCode, UncorrectableShareIsThePublishedOne) {
  EXPECT_NEAR(uncorrectable(1e-2), 0.16, 0.005);
  EXPECT_NEAR(uncorrectable(1e-3), 2.4e-3, 0.05e-3);
}

TEST(WordCode, UncorrectableShareOfDrawnChipsIsTheClosedForm) {
  FaultConfig inverted;  // every failing cell is a wrong bit
  inverted.mechanisms = {{Mechanism::kInvertedRead, 1, 0.5, {}}};
  const WordCode code(kSecded64, 64);
  const SramGeometry geometry({512, 64, code.check_bits()}, Bytes(512UL * 8 * 64), 4);
  for (const double rate : {1e-2, 1e-3}) {
    CodeOutcomes sum;
    for (std::uint64_t chip = 0; chip < 4; ++chip) {
      const auto mask = [&](WordPart part) {
        return WeakCells({ChipId(chip), GroupId::kFilter, false, part}, geometry, rate, inverted)
            .mask(rate);
      };
      const FaultMask data = mask(WordPart::kData);
      const FaultMask check = mask(WordPart::kCheck);
      for (std::uint32_t i = 0; i < geometry.words(); ++i) {
        const std::uint64_t word = std::uint64_t{i} * 0x9e3779b97f4a7c15ULL;
        sum += code.outcomes(word, code.decode(data.apply(WordId(i), word),
                                               check.apply(WordId(i), code.encode(word))));
      }
    }
    const auto words = static_cast<double>(sum.words);
    const double share = static_cast<double>(sum.detected + sum.silent) / words;
    const double expected = uncorrectable(rate);
    EXPECT_NEAR(share, expected, 4 * std::sqrt(expected / words)) << rate;
    EXPECT_GT(sum.corrected, sum.detected);
  }
}

}  // namespace
}  // namespace brownout::memory
