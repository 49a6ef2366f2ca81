#include "base/compress.h"

#include <gtest/gtest.h>

#include <random>

namespace itemize {
namespace {

std::string lines(std::size_t size, unsigned seed) {
  std::mt19937 random(seed);
  std::string text;
  while (text.size() < size) text += "{\"Item\":{\"id\":{\"N\":\"" + std::to_string(random() % 1'000'000) + "\"}}}\n";
  return text;
}

class CompressTest : public ::testing::TestWithParam<std::pair<Compression, int>> {};

TEST_P(CompressTest, gives_back_what_was_put_in) {
  const auto [compression, level] = GetParam();
  auto compressor = Compressor::make(compression, level).value();
  for (const std::size_t size : {0UL, 1UL, 1000UL, 300'000UL, 5'000'000UL}) {
    for (const std::size_t step : {100'000'000UL, 70'000UL, 333UL}) {
      const std::string text = size == 0 ? "" : lines(size, static_cast<unsigned>(size));
      Buffer output;
      for (std::size_t begin = 0; begin < text.size(); begin += step) compressor->append(std::string_view(text).substr(begin, step), output);
      compressor->finish(output);
      ASSERT_EQ(decompress(compression, output.view()).value(), text) << size << " in steps of " << step;
      if (size > 1000) {
        EXPECT_LT(output.size() * 2, text.size());
      }
    }
  }
}

TEST_P(CompressTest, notices_damage_and_cuts) {
  const auto [compression, level] = GetParam();
  auto compressor = Compressor::make(compression, level).value();
  Buffer output;
  const std::string text = lines(20'000, 1);
  compressor->append(text, output);
  compressor->finish(output);
  const std::string whole(output.view());
  for (std::size_t cut = 1; cut < whole.size(); cut += 37) EXPECT_FALSE(decompress(compression, whole.substr(0, cut))) << cut;
  std::string damaged = whole;
  damaged[damaged.size() / 2] ^= 0x10;
  const auto result = decompress(compression, damaged);
  EXPECT_FALSE(result && *result == text);
}

TEST_P(CompressTest, incompressible_bytes_hardly_grow) {
  const auto [compression, level] = GetParam();
  auto compressor = Compressor::make(compression, level).value();
  std::mt19937_64 random(7);
  std::string bytes(1'000'000, '\0');
  for (char& byte : bytes) byte = static_cast<char>(random());
  Buffer output;
  compressor->append(bytes, output);
  compressor->finish(output);
  EXPECT_LT(output.size(), 1'250'000U);  // ISA-L's level 0 has no stored blocks.
  EXPECT_EQ(decompress(compression, output.view()).value(), bytes);
}

INSTANTIATE_TEST_SUITE_P(Levels, CompressTest,
                         ::testing::Values(std::pair(Compression::gzip, 0), std::pair(Compression::gzip, 1),
                                           std::pair(Compression::gzip, 2), std::pair(Compression::gzip, 3),
                                           std::pair(Compression::zstd, 1), std::pair(Compression::zstd, 3)),
                         [](const auto& which) {
                           return std::string(compression_name(which.param.first)) + std::to_string(which.param.second);
                         });

TEST(CompressorTest, refuses_levels_that_do_not_exist) {
  EXPECT_FALSE(Compressor::make(Compression::gzip, 4));
  EXPECT_FALSE(Compressor::make(Compression::gzip, -1));
  EXPECT_FALSE(Compressor::make(Compression::zstd, -8));
  EXPECT_NE(Compressor::make(Compression::zstd, 23).error().to_string().find("levels are -7 to 19"), std::string::npos);
}

}  // namespace
}  // namespace itemize
