#include "codec/reader.hpp"

#include <gtest/gtest.h>

#include "codec/octets.hpp"

namespace wsmq::test {
namespace {

using codec::Reader;

TEST(Reader, ReadsBigEndianIntegers) {
    const Octets bytes = octets("01 0203 04050607");
    Reader reader{bytes};
    EXPECT_EQ(reader.byte(), 1);
    EXPECT_EQ(reader.two_byte_integer(), 0x0203);
    EXPECT_EQ(reader.four_byte_integer(), 0x04050607u);
    EXPECT_TRUE(reader.ok());
    EXPECT_EQ(reader.remaining(), 0u);
}

TEST(Reader, ReadsVariableByteIntegersOfEveryLength) {
    const struct {
        const char* notation;
        std::uint32_t value;
    } rows[] = {{"00", 0},          {"7F", 127},           {"8001", 128},           {"FF7F", 16'383},
                {"808001", 16'384}, {"FFFF7F", 2'097'151}, {"80808001", 2'097'152}, {"FFFFFF7F", 268'435'455}};
    for (const auto& row : rows) {
        const Octets bytes = octets(row.notation);
        Reader reader{bytes};
        EXPECT_EQ(reader.variable_byte_integer(), row.value);
        EXPECT_TRUE(reader.ok());
        EXPECT_EQ(reader.remaining(), 0u);
    }
}

TEST(VariableByteInteger, TellsItsSize) {
    EXPECT_EQ(codec::read_variable_byte_integer(octets("00 FF")).size, 1u);
    EXPECT_EQ(codec::read_variable_byte_integer(octets("8001 FF")).size, 2u);
    EXPECT_EQ(codec::read_variable_byte_integer(octets("8000")).size, 0u);
    EXPECT_EQ(codec::read_variable_byte_integer({}).size, 0u);
}

TEST(Reader, RefusesVariableByteIntegersThatAreLongCutOffOrNotInTheirShortestForm) {
    for (const char* notation :
         {"", "80", "8080", "808080", "8000", "FF00", "808000", "80808000", "80808080", "FFFFFFFF7F"}) {
        const Octets bytes = octets(notation);
        Reader reader{bytes};
        EXPECT_EQ(reader.variable_byte_integer(), 0u) << notation;
        EXPECT_FALSE(reader.ok()) << notation;
    }
}

TEST(Reader, ReadsTextAndBinary) {
    const Octets bytes = octets("0002 C3BC 0001 FF 0000");
    Reader reader{bytes};
    EXPECT_EQ(reader.text(), "\xC3\xBC");
    EXPECT_EQ(to_hex(reader.binary()), "FF ");
    EXPECT_TRUE(reader.binary().empty());
    EXPECT_TRUE(reader.ok());
}

TEST(Reader, RefusesTextThatIsNotUtf8) {
    const Octets bytes = octets("0001 FF 00");
    Reader reader{bytes};
    EXPECT_TRUE(reader.text().empty());
    EXPECT_FALSE(reader.ok());
    EXPECT_EQ(reader.remaining(), 0u);
}

TEST(Reader, OnceFailedStaysSo) {
    const Octets bytes = octets("01 02 03");
    Reader reader{bytes};
    EXPECT_EQ(reader.four_byte_integer(), 0u);
    EXPECT_FALSE(reader.ok());
    EXPECT_EQ(reader.byte(), 0);
    EXPECT_EQ(reader.two_byte_integer(), 0);
    EXPECT_TRUE(reader.binary().empty());
    EXPECT_TRUE(reader.text().empty());
    EXPECT_EQ(reader.variable_byte_integer(), 0u);
    EXPECT_TRUE(reader.rest().empty());
    EXPECT_FALSE(reader.ok());
}

TEST(Reader, TakesExactlyWhatIsThere) {
    const Octets bytes = octets("01 02 03");
    Reader reader{bytes};
    EXPECT_EQ(to_hex(reader.take(2)), "01 02 ");
    EXPECT_EQ(to_hex(reader.rest()), "03 ");
    EXPECT_TRUE(reader.take(2).empty());
    EXPECT_FALSE(reader.ok());
}

TEST(Reader, CanBeToldThatWhatItReadCannotBe) {
    const Octets bytes = octets("01 02");
    Reader reader{bytes};
    reader.fail();
    EXPECT_FALSE(reader.ok());
    EXPECT_EQ(reader.remaining(), 0u);
}

}  // namespace
}  // namespace wsmq::test
