#include "source/postgres/copy_decoder.h"

#include <gtest/gtest.h>

#include "source/postgres/testing.h"
#include "source/postgres/wire.h"

namespace itemize::source::postgres {
namespace {

/// Bytes as the server would send them.
class Bytes {
 public:
  template <class Integer>
  Bytes& add(Integer value) {
    if constexpr (sizeof value > 1) value = std::byteswap(value);
    text_.append(reinterpret_cast<const char*>(&value), sizeof value);
    return *this;
  }
  Bytes& add_bytes(std::string_view bytes) {
    text_ += bytes;
    return *this;
  }
  Bytes& field(std::string_view bytes) { return add(static_cast<std::int32_t>(bytes.size())).add_bytes(bytes); }
  Bytes& null() { return add(std::int32_t{-1}); }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

Bytes header() { return Bytes().add_bytes(std::string_view("PGCOPY\n\377\r\n\0", 11)).add(std::int32_t{0}).add(std::int32_t{0}); }

class CopyDecoderTest : public testing::Test {
 protected:
  CopyDecoder decoder_{{{decode_int4, 23, 0, {}}, {decode_text, 25, 0, {}}}};
  row::RowBatch batch_{2};
};

TEST_F(CopyDecoderTest, ReadsRowsBetweenHeaderAndTrailer) {
  const std::string first = header().add(std::int16_t{2}).field(Bytes().add(std::int32_t{-7}).text()).field("seven").text();
  const std::string second =
      Bytes().add(std::int16_t{2}).null().field("").add(std::int16_t{2}).field(Bytes().add(std::int32_t{8}).text()).null().text();
  const std::string last = Bytes().add(std::int16_t{-1}).text();
  for (const std::string* message : {&first, &second, &last}) {
    EXPECT_FALSE(decoder_.ended());
    ASSERT_TRUE(decoder_.decode(*message, batch_));
  }
  EXPECT_TRUE(decoder_.ended());
  ASSERT_EQ(batch_.rows(), 3U);
  EXPECT_EQ(batch_.row(0)[0].i, -7);
  EXPECT_EQ(batch_.row(0)[1].view(), "seven");
  EXPECT_TRUE(batch_.row(1)[0].is_null());
  EXPECT_FALSE(batch_.row(1)[1].is_null());
  EXPECT_EQ(batch_.row(1)[1].view(), "");
  EXPECT_EQ(batch_.row(2)[0].i, 8);
  EXPECT_TRUE(batch_.row(2)[1].is_null());
}

TEST_F(CopyDecoderTest, SkipsAHeaderExtension) {
  const std::string message = Bytes()
                                  .add_bytes(std::string_view("PGCOPY\n\377\r\n\0", 11))
                                  .add(std::int32_t{1})
                                  .add(std::int32_t{3})
                                  .add_bytes("abc")
                                  .add(std::int16_t{-1})
                                  .text();
  ASSERT_TRUE(decoder_.decode(message, batch_));
  EXPECT_TRUE(decoder_.ended());
}

TEST(CopyDecoder, ReadsRowsWithoutColumns) {
  CopyDecoder decoder({});
  row::RowBatch batch(0);
  ASSERT_TRUE(decoder.decode(header().add(std::int16_t{0}).add(std::int16_t{0}).add(std::int16_t{-1}).text(), batch));
  EXPECT_EQ(batch.rows(), 2U);
}

TEST_F(CopyDecoderTest, RefusesWhatCopyDoesNotSend) {
  const std::string good =
      header().add(std::int16_t{2}).field(Bytes().add(std::int32_t{1}).text()).field("text").add(std::int16_t{-1}).text();
  for (std::size_t size = 0; size < good.size(); ++size) {
    CopyDecoder decoder = decoder_;
    row::RowBatch batch(2);
    const bool decoded = decoder.decode(good.substr(0, size), batch).has_value();
    // Cut between header, row and trailer it is a whole number of pieces, and not ended; anywhere else an error.
    EXPECT_TRUE(!decoded || !decoder.ended()) << size;
    EXPECT_EQ(decoded, size == header().text().size() || size == good.size() - 2) << size;
  }
  const std::string faults[] = {
      "PGCOPY",
      "not a header at all, though it is long enough",
      Bytes().add_bytes(std::string_view("PGCOPY\n\377\r\n\0", 11)).add(std::uint32_t{0x10000}).add(std::int32_t{0}).text(),
      Bytes().add_bytes(std::string_view("PGCOPY\n\377\r\n\0", 11)).add(std::int32_t{0}).add(std::int32_t{-1}).text(),
      header().add(std::int16_t{1}).null().text(),
      header().add(std::int16_t{-2}).text(),
      header().add(std::int16_t{2}).add(std::int32_t{-2}).null().text(),
      header().add(std::int16_t{2}).add(std::int32_t{0x7fffffff}).null().text(),
      header().add(std::int16_t{-1}).add(std::int16_t{2}).null().null().text(),
  };
  for (const std::string& fault : faults) {
    CopyDecoder decoder = decoder_;
    row::RowBatch batch(2);
    const Result<void> result = decoder.decode(fault, batch);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::internal);
    EXPECT_NE(result.error().message.find("COPY sent what cannot be understood"), std::string::npos) << result.error().message;
  }
}

/// One value through a decoder, as text.
std::string decoded(const ValueDecoder& decoder, const Bytes& bytes, const row::Type& type = {}) {
  Arena arena;
  return text_of(decoder.decode(decoder, bytes.text(), arena), type);
}

const ValueDecoder int4{decode_int4, 23, 0, {}};

TEST(ValueDecoder, ReadsIntegers) {
  EXPECT_EQ(decoded({decode_int2}, Bytes().add(std::int16_t{-32768})), "-32768");
  EXPECT_EQ(decoded({decode_int8}, Bytes().add(std::numeric_limits<std::int64_t>::min())), "-9223372036854775808");
  EXPECT_EQ(decoded({decode_uint4}, Bytes().add(std::uint32_t{4294967295})), "4294967295");
  EXPECT_EQ(decoded({decode_uint8}, Bytes().add(std::uint64_t{18446744073709551615U})), "18446744073709551615");
  EXPECT_EQ(decoded({decode_int8}, Bytes().add(std::int32_t{1})), "<invalid: an integer of another width than its type's>");
}

TEST(ValueDecoder, ReadsMoneyWithTheServersDigits) {
  EXPECT_EQ(decoded({decode_money, 790, 2, {}}, Bytes().add(std::int64_t{123456})), "1234.56");
  EXPECT_EQ(decoded({decode_money, 790, 2, {}}, Bytes().add(std::int64_t{-5})), "-0.05");
  EXPECT_EQ(decoded({decode_money, 790, 2, {}}, Bytes().add(std::int64_t{0})), "0.00");
  EXPECT_EQ(decoded({decode_money, 790, 0, {}}, Bytes().add(std::int64_t{500})), "500");
  EXPECT_EQ(decoded({decode_money, 790, 3, {}}, Bytes().add(std::numeric_limits<std::int64_t>::min())), "-9223372036854775.808");
}

TEST(ValueDecoder, MovesTheEpoch) {
  EXPECT_EQ(decoded({decode_date}, Bytes().add(std::int32_t{0})), "2000-01-01");
  EXPECT_EQ(decoded({decode_date}, Bytes().add(std::numeric_limits<std::int32_t>::max())), "<infinite>");
  EXPECT_EQ(decoded({decode_timestamp}, Bytes().add(std::int64_t{-1})), "1999-12-31T23:59:59.999999");
  EXPECT_EQ(decoded({decode_timestamptz}, Bytes().add(std::int64_t{0})), "2000-01-01T00:00:00.000000Z");
  EXPECT_EQ(decoded({decode_timestamptz}, Bytes().add(std::numeric_limits<std::int64_t>::min())), "<infinite>");
  EXPECT_EQ(decoded({decode_timestamp}, Bytes().add(std::numeric_limits<std::int64_t>::max() - 1)),
            "<invalid: a timestamp after the year 294246 cannot be kept>");
  EXPECT_EQ(decoded({decode_timetz}, Bytes().add(std::int64_t{3'600'000'000}).add(std::int32_t{-7200})), "01:00:00.000000+02:00");
  EXPECT_EQ(decoded({decode_time}, Bytes().add(std::int64_t{86'400'000'001})), "<invalid: a time outside the day>");
}

TEST(ValueDecoder, RefusesAnInfiniteInterval) {
  EXPECT_EQ(decoded({decode_interval}, Bytes().add(std::int64_t{7'200'000'000}).add(std::int32_t{1}).add(std::int32_t{14})), "P1Y2M1DT2H");
  EXPECT_EQ(decoded({decode_interval}, Bytes()
                                           .add(std::numeric_limits<std::int64_t>::max())
                                           .add(std::numeric_limits<std::int32_t>::max())
                                           .add(std::numeric_limits<std::int32_t>::max())),
            "<invalid: an infinite interval cannot be written>");
}

Bytes array_header(std::int32_t dimensions, std::uint32_t element) { return Bytes().add(dimensions).add(std::int32_t{1}).add(element); }

TEST(ValueDecoder, ReadsArraysOfAnyDimensionAndLowerBound) {
  row::Type type;
  type.kind = row::TypeKind::array;
  type.children.emplace_back();
  const ValueDecoder array{decode_array, 1007, 0, {int4}};
  EXPECT_EQ(decoded(array, array_header(0, 23), type), "{}");
  Bytes two = array_header(2, 23).add(std::int32_t{2}).add(std::int32_t{5}).add(std::int32_t{2}).add(std::int32_t{-3});
  two.field(Bytes().add(std::int32_t{1}).text())
      .null()
      .field(Bytes().add(std::int32_t{3}).text())
      .field(Bytes().add(std::int32_t{4}).text());
  EXPECT_EQ(decoded(array, two, type), "{{1,NULL},{3,4}}");
  EXPECT_EQ(decoded(array, array_header(0, 20), type), "<invalid: an array whose elements have another type than the column's>");
  EXPECT_EQ(decoded(array, array_header(7, 23), type), "<invalid: an array of unknown form>");
  // Two billion times two billion elements, in no bytes at all.
  EXPECT_EQ(
      decoded(array,
              array_header(2, 23).add(std::int32_t{0x7fffffff}).add(std::int32_t{1}).add(std::int32_t{0x7fffffff}).add(std::int32_t{1}),
              type),
      "<invalid: an array that says it has more elements than there are>");
  EXPECT_EQ(decoded(array, Bytes(two).null(), type), "<invalid: an array of the wrong size>");
}

TEST(ValueDecoder, ReadsCompositesAndChecksTheirFields) {
  row::Type type;
  type.children.resize(2);
  const ValueDecoder composite{decode_composite, 0, 0, {int4, {decode_text, 25, 0, {}}}};
  const Bytes good =
      Bytes().add(std::int32_t{2}).add(std::uint32_t{23}).field(Bytes().add(std::int32_t{1}).text()).add(std::uint32_t{25}).null();
  EXPECT_EQ(decoded(composite, good, type), "(1,)");
  EXPECT_EQ(decoded(composite, Bytes().add(std::int32_t{1}).add(std::uint32_t{23}).null(), type),
            "<invalid: a composite value with another number of fields than its type>");
  EXPECT_EQ(decoded(composite, Bytes().add(std::int32_t{2}).add(std::uint32_t{20}).null().add(std::uint32_t{25}).null(), type),
            "<invalid: a composite value whose fields have other types than its type says>");
}

TEST(ValueDecoder, ReadsRanges) {
  row::Type type;
  type.kind = row::TypeKind::range;
  type.children.emplace_back();
  const ValueDecoder range{decode_range, 0, 0, {int4}};
  EXPECT_EQ(decoded(range, Bytes().add(std::uint8_t{0x01}), type), "empty");
  EXPECT_EQ(
      decoded(range, Bytes().add(std::uint8_t{0x02}).field(Bytes().add(std::int32_t{1}).text()).field(Bytes().add(std::int32_t{9}).text()),
              type),
      "[1,9)");
  EXPECT_EQ(decoded(range, Bytes().add(std::uint8_t{0x18}), type), "(,)");
  EXPECT_EQ(decoded(range, Bytes().add(std::uint8_t{0x08 | 0x04}).field(Bytes().add(std::int32_t{9}).text()), type), "(,9]");
  EXPECT_EQ(decoded(range, Bytes().add(std::uint8_t{0x00}), type), "<invalid: a range of the wrong size>");
}

TEST(ValueDecoder, ReadsHstore) {
  const ValueDecoder map{decode_hstore};
  EXPECT_EQ(decoded(map, Bytes().add(std::int32_t{2}).field("a").field("1").field("b").null()), R"("a"=>"1", "b"=>NULL)");
  EXPECT_EQ(decoded(map, Bytes().add(std::int32_t{0x7fffffff})), "<invalid: an hstore of unknown form>");
  EXPECT_EQ(decoded(map, Bytes().add(std::int32_t{1}).null().field("x")), "<invalid: an hstore with a NULL key>");
}

TEST(ValueDecoder, PrintsAddressesAsPostgres) {
  const ValueDecoder inet{decode_inet};
  EXPECT_EQ(decoded(inet, Bytes().add_bytes(std::string_view("\2\x20\0\4\x0a\0\0\1", 8))), "10.0.0.1");
  EXPECT_EQ(decoded(inet, Bytes().add_bytes(std::string_view("\2\x18\0\4\x0a\0\0\1", 8))), "10.0.0.1/24");
  EXPECT_EQ(decoded(inet, Bytes().add_bytes(std::string_view("\2\x20\1\4\x0a\0\0\1", 8))), "10.0.0.1/32");
  EXPECT_EQ(decoded(inet, Bytes().add_bytes(std::string_view("\2\x21\0\4\x0a\0\0\1", 8))), "<invalid: a network address of unknown form>");
  EXPECT_EQ(decoded(inet, Bytes().add_bytes(std::string_view("\3\x80\0\x10"
                                                             "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1",
                                                             20))),
            "::1");
  EXPECT_EQ(decoded({decode_macaddr}, Bytes().add_bytes("\x08\x01\x2b\x01\x02\xff")), "08:01:2b:01:02:ff");
  EXPECT_EQ(decoded({decode_pg_lsn}, Bytes().add(std::uint64_t{0x16B374D848})), "16/B374D848");
}

TEST(ValueDecoder, ReadsBitsAndSingleBytes) {
  EXPECT_EQ(decoded({decode_bits}, Bytes().add(std::int32_t{10}).add_bytes(std::string_view("\xa5\x40", 2))), "1010010101");
  EXPECT_EQ(decoded({decode_bits}, Bytes().add(std::int32_t{0})), "");
  EXPECT_EQ(decoded({decode_bits}, Bytes().add(std::int32_t{9}).add_bytes("x")), "<invalid: a bit string of the wrong size>");
  EXPECT_EQ(decoded({decode_char}, Bytes().add(char{'x'})), "x");
  EXPECT_EQ(decoded({decode_char}, Bytes().add(char{0})), "");
  EXPECT_EQ(decoded({decode_char}, Bytes().add(static_cast<char>(0xe4))), "\\344");
  EXPECT_EQ(decoded({decode_jsonb}, Bytes().add_bytes("\1{}")), "{}");
  EXPECT_EQ(decoded({decode_jsonb}, Bytes().add_bytes("\2{}")), "<invalid: a jsonb value in a form that is not known (version 1 is)>");
}

}  // namespace
}  // namespace itemize::source::postgres
