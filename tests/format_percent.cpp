#include <cstdint>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "format/percent.hpp"
#include "format/python_text.hpp"

namespace {

using xylem::format::FormatError;
using xylem::record::Value;

/// What Python's `%` makes of a format and of a mapping of "x" to what json.loads() makes of a
/// text.
struct Case {
  std::string_view format;
  std::string_view value;
  std::string_view expected;  // the text, or the message of the exception
};

std::string shown(std::string_view format, const Value& value) {
  std::string out;
  for (const auto& piece : xylem::format::parse_percent(format)) {
    out += piece.text;
    if (piece.name.empty()) continue;
    CHECK(piece.name == "x");
    xylem::format::apply_percent(out, piece.conversion, value);
  }
  return out;
}

std::string apply(std::string_view format, std::string_view json) {
  std::string scratch;
  return shown(format, xylem::format::value_of_json(json, scratch));
}

const std::string huge = "1" + std::string(400, '0');

// Both tables are the answers of CPython 3.13.
const Case results[] = {
    {"%(x)d", "7", "7"},
    {"%(x)d", "-42", "-42"},
    {"%(x)5d|", "7", "    7|"},
    {"%(x)5d|", "-42", "  -42|"},
    {"%(x)-5d|", "7", "7    |"},
    {"%(x)-5d|", "-42", "-42  |"},
    {"%(x)05d", "7", "00007"},
    {"%(x)05d", "-42", "-0042"},
    {"%(x)+d", "7", "+7"},
    {"%(x)+d", "-42", "-42"},
    {"%(x) d", "7", " 7"},
    {"%(x) d", "-42", "-42"},
    {"%(x).3d", "7", "007"},
    {"%(x).3d", "-42", "-042"},
    {"%(x)8.3d", "7", "     007"},
    {"%(x)8.3d", "-42", "    -042"},
    {"%(x)-8.3d|", "7", "007     |"},
    {"%(x)-8.3d|", "-42", "-042    |"},
    {"%(x)+05d", "7", "+0007"},
    {"%(x) 05d", "7", " 0007"},
    {"%(x)-05d|", "7", "7    |"},
    {"%(x)+-6d|", "7", "+7    |"},
    {"%(x)+ d", "7", "+7"},
    {"%(x)05.3d", "7", "00007"},
    {"%(x)08.3d", "7", "00000007"},
    {"%(x)#d", "7", "7"},
    {"%(x)i", "7", "7"},
    {"%(x)u", "7", "7"},
    {"%(x)hd", "7", "7"},
    {"%(x)Ld", "7", "7"},
    {"%(x)ld", "7", "7"},
    {"%(x).0d", "0", "0"},
    {"%(x).d", "0", "0"},
    {"%(x)#x", "0", "0x0"},
    {"%(x)#o", "0", "0o0"},
    {"%(x)x", "0", "0"},
    {"%(x)5.0d|", "0", "    0|"},
    {"%(x)x", "255", "ff"},
    {"%(x)X", "255", "FF"},
    {"%(x)o", "255", "377"},
    {"%(x)#x", "255", "0xff"},
    {"%(x)#X", "255", "0XFF"},
    {"%(x)#o", "255", "0o377"},
    {"%(x)#010x", "255", "0x000000ff"},
    {"%(x)#.5x", "255", "0x000ff"},
    {"%(x)#10x|", "255", "      0xff|"},
    {"%(x)-#10x|", "255", "0xff      |"},
    {"%(x)+x", "255", "+ff"},
    {"%(x) #X", "255", " 0XFF"},
    {"%(x)#12.6X|", "255", "    0X0000FF|"},
    {"%(x)x", "-255", "-ff"},
    {"%(x)#010X", "-255", "-0X00000FF"},
    {"%(x)#o", "-255", "-0o377"},
    {"%(x)-#10x|", "-255", "-0xff     |"},
    {"%(x)d", "9223372036854775807", "9223372036854775807"},
    {"%(x)d", "-9223372036854775808", "-9223372036854775808"},
    {"%(x)d", "18446744073709551615", "18446744073709551615"},
    {"%(x)x", "9223372036854775807", "7fffffffffffffff"},
    {"%(x)x", "-9223372036854775808", "-8000000000000000"},
    {"%(x)x", "18446744073709551615", "ffffffffffffffff"},
    {"%(x)s", "9223372036854775807", "9223372036854775807"},
    {"%(x)s", "-9223372036854775808", "-9223372036854775808"},
    {"%(x)s", "18446744073709551615", "18446744073709551615"},
    {"%(x)o", "9223372036854775807", "777777777777777777777"},
    {"%(x)o", "-9223372036854775808", "-1000000000000000000000"},
    {"%(x)o", "18446744073709551615", "1777777777777777777777"},
    {"%(x).25d", "9223372036854775807", "0000009223372036854775807"},
    {"%(x).25d", "-9223372036854775808", "-0000009223372036854775808"},
    {"%(x).25d", "18446744073709551615", "0000018446744073709551615"},
    {"%(x)f", "9223372036854775807", "9223372036854775808.000000"},
    {"%(x)f", "-9223372036854775808", "-9223372036854775808.000000"},
    {"%(x)f", "18446744073709551615", "18446744073709551616.000000"},
    {"%(x)d", "123456789012345678901234567890", "123456789012345678901234567890"},
    {"%(x)s", "123456789012345678901234567890", "123456789012345678901234567890"},
    {"%(x)x", "123456789012345678901234567890", "18ee90ff6c373e0ee4e3f0ad2"},
    {"%(x)#X", "123456789012345678901234567890", "0X18EE90FF6C373E0EE4E3F0AD2"},
    {"%(x)o", "123456789012345678901234567890", "143564417755415637016711617605322"},
    {"%(x)+50d", "123456789012345678901234567890",
     "                   +123456789012345678901234567890"},
    {"%(x)r", "123456789012345678901234567890", "123456789012345678901234567890"},
    {"%(x).3e", "123456789012345678901234567890", "1.235e+29"},
    {"%(x)f", "123456789012345678901234567890", "123456789012345677877719597056.000000"},
    {"%(x)060d", "123456789012345678901234567890",
     "000000000000000000000000000000123456789012345678901234567890"},
    {"%(x)d", "-10000000000000000000000000", "-10000000000000000000000000"},
    {"%(x)x", "-10000000000000000000000000", "-84595161401484a000000"},
    {"%(x)g", "-10000000000000000000000000", "-1e+25"},
    {"%(x)d", "true", "1"},
    {"%(x)s", "true", "True"},
    {"%(x)x", "true", "1"},
    {"%(x)f", "true", "1.000000"},
    {"%(x)c|", "true", "\001|"},
    {"%(x)d", "false", "0"},
    {"%(x)s", "false", "False"},
    {"%(x)i", "false", "0"},
    {"%(x)d", "3.99", "3"},
    {"%(x)d", "-3.99", "-3"},
    {"%(x)d", "-0.5", "0"},
    {"%(x)i", "3.99", "3"},
    {"%(x)i", "-3.99", "-3"},
    {"%(x)i", "-0.5", "0"},
    {"%(x)+d", "3.99", "+3"},
    {"%(x)+d", "-3.99", "-3"},
    {"%(x)+d", "-0.5", "+0"},
    {"%(x)05d", "3.99", "00003"},
    {"%(x)05d", "-3.99", "-0003"},
    {"%(x)05d", "-0.5", "00000"},
    {"%(x)d", "1e+20", "100000000000000000000"},
    {"%(x)d", "-1.5e+300",
     "-15000000000000000787571403828066303730567028716622387323737811732677036869833622936795570626"
     "206717960655566657493258172654137848530406458634671882771800604742725808013898637056067453506"
     "921821350890534298524561999176216785584514613201119791141702137418688881832300852642571735042"
     "08294580298189100810240"},
    {"%(x)d", "9.223372036854776e+18", "9223372036854775808"},
    {"%(x)f", "-1e-07", "-0.000000"},
    {"%(x)f", "123456789.5", "123456789.500000"},
    {"%(x)e", "-1e-07", "-1.000000e-07"},
    {"%(x)e", "123456789.5", "1.234568e+08"},
    {"%(x)g", "-1e-07", "-1e-07"},
    {"%(x)g", "123456789.5", "1.23457e+08"},
    {"%(x)F", "-1e-07", "-0.000000"},
    {"%(x)F", "123456789.5", "123456789.500000"},
    {"%(x)E", "-1e-07", "-1.000000E-07"},
    {"%(x)E", "123456789.5", "1.234568E+08"},
    {"%(x)G", "-1e-07", "-1E-07"},
    {"%(x)G", "123456789.5", "1.23457E+08"},
    {"%(x).0f", "-1e-07", "-0"},
    {"%(x).0f", "123456789.5", "123456790"},
    {"%(x)#.0f", "-1e-07", "-0."},
    {"%(x)#.0f", "123456789.5", "123456790."},
    {"%(x).2f", "-1e-07", "-0.00"},
    {"%(x).2f", "123456789.5", "123456789.50"},
    {"%(x)10.3f|", "-1e-07", "    -0.000|"},
    {"%(x)10.3f|", "123456789.5", "123456789.500|"},
    {"%(x)-10.3f|", "-1e-07", "-0.000    |"},
    {"%(x)-10.3f|", "123456789.5", "123456789.500|"},
    {"%(x)010.3f", "-1e-07", "-00000.000"},
    {"%(x)010.3f", "123456789.5", "123456789.500"},
    {"%(x)+.1f", "-1e-07", "-0.0"},
    {"%(x)+.1f", "123456789.5", "+123456789.5"},
    {"%(x) .1f", "-1e-07", "-0.0"},
    {"%(x) .1f", "123456789.5", " 123456789.5"},
    {"%(x)#g", "-1e-07", "-1.00000e-07"},
    {"%(x)#g", "123456789.5", "1.23457e+08"},
    {"%(x).10g", "-1e-07", "-1e-07"},
    {"%(x).10g", "123456789.5", "123456789.5"},
    {"%(x).0e", "-1e-07", "-1e-07"},
    {"%(x).0e", "123456789.5", "1e+08"},
    {"%(x)#.0e", "-1e-07", "-1.e-07"},
    {"%(x)#.0e", "123456789.5", "1.e+08"},
    {"%(x)s", "-1e-07", "-1e-07"},
    {"%(x)s", "123456789.5", "123456789.5"},
    {"%(x)r", "-1e-07", "-1e-07"},
    {"%(x)r", "123456789.5", "123456789.5"},
    {"%(x)f", "3.14159", "3.141590"},
    {"%(x)f", "0.0", "0.000000"},
    {"%(x)g", "3.14159", "3.14159"},
    {"%(x)g", "0.0", "0"},
    {"%(x).3e", "3.14159", "3.142e+00"},
    {"%(x).3e", "0.0", "0.000e+00"},
    {"%(x)f", "-0.0", "-0.000000"},
    {"%(x)5.1f|", "-0.0", " -0.0|"},
    {"%(x)+g", "-0.0", "-0"},
    {"%(x)s", "-0.0", "-0.0"},
    {"%(x)f", "Infinity", "inf"},
    {"%(x)f", "-Infinity", "-inf"},
    {"%(x)f", "NaN", "nan"},
    {"%(x)08F|", "Infinity", "00000INF|"},
    {"%(x)08F|", "-Infinity", "-0000INF|"},
    {"%(x)08F|", "NaN", "00000NAN|"},
    {"%(x)+e", "Infinity", "+inf"},
    {"%(x)+e", "-Infinity", "-inf"},
    {"%(x)+e", "NaN", "+nan"},
    {"%(x)s", "Infinity", "inf"},
    {"%(x)s", "-Infinity", "-inf"},
    {"%(x)s", "NaN", "nan"},
    {"%(x)G", "-Infinity", "-INF"},
    {"%(x)8f|", "-Infinity", "    -inf|"},
    {"%(x)-8f|", "-Infinity", "-inf    |"},
    {"%(x) F", "-Infinity", "-INF"},
    {"%(x)r", "-Infinity", "-inf"},
    {"%(x).2s", "-Infinity", "-i"},
    {"%(x)s", "1e+16", "1e+16"},
    {"%(x)s", "1000000000000000.0", "1000000000000000.0"},
    {"%(x)s", "1e-05", "1e-05"},
    {"%(x)s", "0.0001", "0.0001"},
    {"%(x)s", "5e-324", "5e-324"},
    {"%(x)s", "1.7976931348623157e+308", "1.7976931348623157e+308"},
    {"%(x)s", "100.0", "100.0"},
    {"%(x)f", "7", "7.000000"},
    {"%(x)f", "-7", "-7.000000"},
    {"%(x)g", "7", "7"},
    {"%(x)g", "-7", "-7"},
    {"%(x).3f", "7", "7.000"},
    {"%(x).3f", "-7", "-7.000"},
    {"%(x).50f", "0.1", "0.10000000000000000555111512312578270211815834045410"},
    {"%(x).1f", "0.25", "0.2"},
    {"%(x).1f", "0.35", "0.3"},
    {"%(x)s", "\"héßlo\"", "héßlo"},
    {"%(x)8s|", "\"héßlo\"", "   héßlo|"},
    {"%(x)-8s|", "\"héßlo\"", "héßlo   |"},
    {"%(x).3s", "\"héßlo\"", "héß"},
    {"%(x)8.3s|", "\"héßlo\"", "     héß|"},
    {"%(x)-8.3s|", "\"héßlo\"", "héß     |"},
    {"%(x)08s|", "\"héßlo\"", "   héßlo|"},
    {"%(x).0s|", "\"héßlo\"", "|"},
    {"%(x).s|", "\"héßlo\"", "|"},
    {"%(x)#+ s", "\"héßlo\"", "héßlo"},
    {"%(x)r", "\"héßlo\"", "'héßlo'"},
    {"%(x)a", "\"héßlo\"", "'h\\xe9\\xdflo'"},
    {"%(x)10.4r|", "\"héßlo\"", "      'héß|"},
    {"%(x)8.3s|", "\"hello\"", "     hel|"},
    {"%(x)8.3s|", "\"日本語テキスト\"", "     日本語|"},
    {"%(x)8.3s|", "\"a😀b\"", "     a😀b|"},
    {"%(x)-9s|", "\"hello\"", "hello    |"},
    {"%(x)-9s|", "\"日本語テキスト\"", "日本語テキスト  |"},
    {"%(x)-9s|", "\"a😀b\"", "a😀b      |"},
    {"%(x)a", "\"hello\"", "'hello'"},
    {"%(x)a", "\"日本語テキスト\"", "'\\u65e5\\u672c\\u8a9e\\u30c6\\u30ad\\u30b9\\u30c8'"},
    {"%(x)a", "\"a😀b\"", "'a\\U0001f600b'"},
    {"%(x)10.4r|", "\"hello\"", "      'hel|"},
    {"%(x)10.4r|", "\"日本語テキスト\"", "      '日本語|"},
    {"%(x)10.4r|", "\"a😀b\"", "      'a😀b|"},
    {"%(x)s|", "\"\"", "|"},
    {"%(x)3s|", "\"\"", "   |"},
    {"%(x)r", "\"\"", "''"},
    {"%(x)a", "\"\"", "''"},
    {"%(x)r", "\"it's\"", "\"it's\""},
    {"%(x)r", "\"say \\\"hi\\\"\"", "'say \"hi\"'"},
    {"%(x)r", "\"it's \\\"both\\\"\"", "'it\\'s \"both\"'"},
    {"%(x)r", "\"back\\\\slash\"", "'back\\\\slash'"},
    {"%(x)r", "\"tab\\tnew\\nret\\r\"", "'tab\\tnew\\nret\\r'"},
    {"%(x)r", "\"nul\\u0000 esc\\u001b del\177\"", "'nul\\x00 esc\\x1b del\\x7f'"},
    {"%(x)r", "\"nbsp\302\240soft\302\255\"", "'nbsp\\xa0soft\\xad'"},
    {"%(x)r", "\"\302\200\302\237\"", "'\\x80\\x9f'"},
    {"%(x)r", "\"€𝒳\"", "'€𝒳'"},
    {"%(x)a", "\"it's\"", "\"it's\""},
    {"%(x)a", "\"say \\\"hi\\\"\"", "'say \"hi\"'"},
    {"%(x)a", "\"it's \\\"both\\\"\"", "'it\\'s \"both\"'"},
    {"%(x)a", "\"back\\\\slash\"", "'back\\\\slash'"},
    {"%(x)a", "\"tab\\tnew\\nret\\r\"", "'tab\\tnew\\nret\\r'"},
    {"%(x)a", "\"nul\\u0000 esc\\u001b del\177\"", "'nul\\x00 esc\\x1b del\\x7f'"},
    {"%(x)a", "\"nbsp\302\240soft\302\255\"", "'nbsp\\xa0soft\\xad'"},
    {"%(x)a", "\"\302\200\302\237\"", "'\\x80\\x9f'"},
    {"%(x)a", "\"€𝒳\"", "'\\u20ac\\U0001d4b3'"},
    {"%(x)c", "\"a\"", "a"},
    {"%(x)c", "\"é\"", "é"},
    {"%(x)c", "\"😀\"", "😀"},
    {"%(x)c", "65", "A"},
    {"%(x)c", "128512", "😀"},
    {"%(x)c", "233", "é"},
    {"%(x)3c|", "\"a\"", "  a|"},
    {"%(x)3c|", "\"é\"", "  é|"},
    {"%(x)3c|", "\"😀\"", "  😀|"},
    {"%(x)3c|", "65", "  A|"},
    {"%(x)3c|", "128512", "  😀|"},
    {"%(x)3c|", "233", "  é|"},
    {"%(x)-3c|", "\"a\"", "a  |"},
    {"%(x)-3c|", "\"é\"", "é  |"},
    {"%(x)-3c|", "\"😀\"", "😀  |"},
    {"%(x)-3c|", "65", "A  |"},
    {"%(x)-3c|", "128512", "😀  |"},
    {"%(x)-3c|", "233", "é  |"},
    {"%(x).0c", "\"a\"", "a"},
    {"%(x).0c", "\"é\"", "é"},
    {"%(x).0c", "\"😀\"", "😀"},
    {"%(x).0c", "65", "A"},
    {"%(x).0c", "128512", "😀"},
    {"%(x).0c", "233", "é"},
    {"%(x)03c|", "\"a\"", "  a|"},
    {"%(x)03c|", "\"é\"", "  é|"},
    {"%(x)03c|", "\"😀\"", "  😀|"},
    {"%(x)03c|", "65", "  A|"},
    {"%(x)03c|", "128512", "  😀|"},
    {"%(x)03c|", "233", "  é|"},
    {"%(x)s", "null", "None"},
    {"%(x)r", "null", "None"},
    {"%(x)6s|", "null", "  None|"},
    {"%(x).2s", "null", "No"},
    {"%(x)s", "{\"a\": [1, 2.5, null, true, \"é\\\"'\\n\"], \"b\": {}}",
     "{'a': [1, 2.5, None, True, 'é\"\\'\\n'], 'b': {}}"},
    {"%(x)r", "{\"a\": [1, 2.5, null, true, \"é\\\"'\\n\"], \"b\": {}}",
     "{'a': [1, 2.5, None, True, 'é\"\\'\\n'], 'b': {}}"},
    {"%(x)a", "{\"a\": [1, 2.5, null, true, \"é\\\"'\\n\"], \"b\": {}}",
     "{'a': [1, 2.5, None, True, '\\xe9\"\\'\\n'], 'b': {}}"},
    {"%(x).6s", "{\"a\": [1, 2.5, null, true, \"é\\\"'\\n\"], \"b\": {}}", "{'a': "},
    {"%(x)40s|", "{\"a\": [1, 2.5, null, true, \"é\\\"'\\n\"], \"b\": {}}",
     "{'a': [1, 2.5, None, True, 'é\"\\'\\n'], 'b': {}}|"},
    {"%(x)s",
     "[1, [false, []], {\"k\": -1e-07, \"ß\": \"it's\"}, Infinity, -Infinity, NaN, "
     "1000000000000000000000000000000, 1e+16]",
     "[1, [False, []], {'k': -1e-07, 'ß': \"it's\"}, inf, -inf, nan, "
     "1000000000000000000000000000000, 1e+16]"},
    {"%(x)s", "[]", "[]"},
    {"%%", "5", "%"},
    {"100%%|%(x)s%%", "5", "100%|5%"},
    {"a%(x)sb%(x)dc", "5", "a5b5c"},
    {"%(x)s", "5", "5"},
    {"no conversion", "5", "no conversion"},
    {"", "5", ""},
    {"é%(x)s€", "5", "é5€"},
};

const Case errors[] = {
    {"%(x)d", "Infinity", "cannot convert float infinity to integer"},
    {"%(x)d", "-Infinity", "cannot convert float infinity to integer"},
    {"%(x)d", "NaN", "cannot convert float NaN to integer"},
    {"%(x)x", "3.5", "%x format: an integer is required, not float"},
    {"%(x)o", "3.5", "%o format: an integer is required, not float"},
    {"%(x)X", "3.5", "%X format: an integer is required, not float"},
    {"%(x)c", "3.5", "%c requires int or char"},
    {"%(x)c", "\"ab\"", "%c requires int or char"},
    {"%(x)c", "\"\"", "%c requires int or char"},
    {"%(x)c", "-1", "%c arg not in range(0x110000)"},
    {"%(x)c", "1114112", "%c arg not in range(0x110000)"},
    {"%(x)c", "9223372036854775808", "%c arg not in range(0x110000)"},
    {"%(x)c", "1000000000000000000000000000000", "%c arg not in range(0x110000)"},
    {"%(x)c", "null", "%c requires int or char"},
    {"%(x)c", "[1]", "%c requires int or char"},
    {"%(x)d", "null", "%d format: a real number is required, not NoneType"},
    {"%(x)f", "null", "must be real number, not NoneType"},
    {"%(x)x", "null", "%x format: an integer is required, not NoneType"},
    {"%(x)d", "{\"a\": [1, 2.5, null, true, \"é\\\"'\\n\"], \"b\": {}}",
     "%d format: a real number is required, not dict"},
    {"%(x)x", "{\"a\": [1, 2.5, null, true, \"é\\\"'\\n\"], \"b\": {}}",
     "%x format: an integer is required, not dict"},
    {"%(x)f", "{\"a\": [1, 2.5, null, true, \"é\\\"'\\n\"], \"b\": {}}",
     "must be real number, not dict"},
    {"%(x)d",
     "[1, [false, []], {\"k\": -1e-07, \"ß\": \"it's\"}, Infinity, -Infinity, NaN, "
     "1000000000000000000000000000000, 1e+16]",
     "%d format: a real number is required, not list"},
    {"%(x)d", "[]", "%d format: a real number is required, not list"},
    {"%(x)e",
     "[1, [false, []], {\"k\": -1e-07, \"ß\": \"it's\"}, Infinity, -Infinity, NaN, "
     "1000000000000000000000000000000, 1e+16]",
     "must be real number, not list"},
    {"%(x)e", "[]", "must be real number, not list"},
    {"%(x)d", "\"five\"", "%d format: a real number is required, not str"},
    {"%(x)i", "\"five\"", "%i format: a real number is required, not str"},
    {"%(x)u", "\"five\"", "%u format: a real number is required, not str"},
    {"%(x)x", "\"five\"", "%x format: an integer is required, not str"},
    {"%(x)X", "\"five\"", "%X format: an integer is required, not str"},
    {"%(x)o", "\"five\"", "%o format: an integer is required, not str"},
    {"%(x)f", "\"five\"", "must be real number, not str"},
    {"%(x)e", "\"five\"", "must be real number, not str"},
    {"%(x)G", "\"five\"", "must be real number, not str"},
    {"%(x)f", huge, "int too large to convert to float"},
    {"%(x)g", huge, "int too large to convert to float"},
    {"%", "5", "incomplete format"},
    {"%(x", "5", "incomplete format key"},
    {"%(x)", "5", "incomplete format"},
    {"%(x)5", "5", "incomplete format"},
    {"%(x)5.", "5", "incomplete format"},
    {"%(x)#", "5", "incomplete format"},
    {"text %", "5", "incomplete format"},
    {"%(x)y", "5", "unsupported format character 'y' (0x79) at index 4"},
    {"%(x)b", "5", "unsupported format character 'b' (0x62) at index 4"},
    {"%(x)%", "5", "unsupported format character '%' (0x25) at index 4"},
    {"%(x)5%", "5", "unsupported format character '%' (0x25) at index 5"},
    {"é%(x)n", "5", "unsupported format character 'n' (0x6e) at index 5"},
    {"%(x)ü", "5", "unsupported format character '?' (0xfc) at index 4"},
    {"%(x)\001", "5", "unsupported format character '?' (0x1) at index 4"},
    {"%(x)\177", "5", "unsupported format character '?' (0x7f) at index 4"},
    {"%(x)hhd", "5", "unsupported format character 'h' (0x68) at index 5"},
    {"%(x)lld", "5", "unsupported format character 'l' (0x6c) at index 5"},
    {"%(x)s %s", "5", "not enough arguments for format string"},
    {"%(x)s %d", "5", "not enough arguments for format string"},
    {"%(x)99999999999999999999d", "5", "width too big"},
    {"%(x).99999999999999999999d", "5", "precision too big"},
    {"%(x)-", "5", "incomplete format"},
    {"%(x)s%", "5", "incomplete format"},
    {"%(x)*d", "\"wide\"", "* wants int"},
    {"%(x).*f", "\"wide\"", "* wants int"},
};

}  // namespace

TEST_CASE("an unsigned number is a character where it is small enough") {
  CHECK(shown("%(x)c", Value::of(std::uint64_t{140})) == "\xC2\x8C");
  CHECK_THROWS_WITH(shown("%(x)c", Value::of(std::uint64_t{0x110000})),
                    "%c arg not in range(0x110000)");
}

TEST_CASE("% formats numbers, text and containers as Python does") {
  for (const Case& c : results) {
    CAPTURE(c.format);
    CAPTURE(c.value);
    CHECK(apply(c.format, c.value) == c.expected);
  }
}

TEST_CASE("% refuses what Python refuses, with Python's message") {
  for (const Case& c : errors) {
    CAPTURE(c.format);
    CAPTURE(c.value);
    CHECK_THROWS_WITH_AS(apply(c.format, c.value), std::string{c.expected}.c_str(), FormatError);
  }
}

TEST_CASE("a pattern is taken apart into text, names and conversions") {
  const auto pieces = xylem::format::parse_percent("[%(levelname)-8s] %(a (nested) name)+07.2f%%");
  REQUIRE(pieces.size() == 3);
  CHECK(pieces[0].text == "[");
  CHECK(pieces[0].name == "levelname");
  CHECK(pieces[0].conversion.left);
  CHECK(pieces[0].conversion.width == 8);
  CHECK(pieces[0].conversion.precision == -1);
  CHECK(pieces[1].text == "] ");
  CHECK(pieces[1].name == "a (nested) name");
  CHECK(pieces[1].conversion.plus);
  CHECK(pieces[1].conversion.zero_padded);
  CHECK(pieces[1].conversion.width == 7);
  CHECK(pieces[1].conversion.precision == 2);
  CHECK(pieces[1].conversion.type == 'f');
  CHECK(pieces[2].text == "%");
  CHECK(pieces[2].name.empty());
}

TEST_CASE("a width that no line can mean is refused, not built") {
  CHECK(apply("%(x)1048576d", "7").size() == 1 << 20);
  CHECK_THROWS_WITH_AS(apply("%(x)1048577d", "7"), "width too big", FormatError);
  CHECK_THROWS_WITH_AS(apply("%(x).1048577f", "7"), "precision too big", FormatError);
}

TEST_CASE("a float32 shows the digits of its own precision") {
  const auto show = [](float value) {
    std::string out;
    xylem::format::apply_percent(out, {}, xylem::record::Value::of(value));
    return out;
  };
  CHECK(show(0.1f) == "0.1");
  CHECK(show(16777216.0f) == "16777216.0");
  CHECK(show(-0.0f) == "-0.0");
}

TEST_CASE("a pointer is a hexadecimal number as text and a number to the rest") {
  const auto show = [](char type) {
    std::string out;
    xylem::format::apply_percent(out, {.type = type}, xylem::record::Value::of_pointer(0x7fff10));
    return out;
  };
  CHECK(show('s') == "0x7fff10");
  CHECK(show('d') == "8388368");
  CHECK(show('x') == "7fff10");
}

TEST_CASE("text with invalid UTF-8 keeps its bytes, and each wrong one counts as a character") {
  const auto show = [](const char* format, std::string_view text) {
    std::string out;
    xylem::format::apply_percent(out, xylem::format::parse_percent(format)[0].conversion,
                                 xylem::record::Value::of(text));
    return out;
  };
  CHECK(show("%(x).2s", "a\xff\xc3\xa9z") == "a\xff");
  CHECK(show("%(x).3s", "a\xff\xc3\xa9z") == "a\xff\xc3\xa9");
  CHECK(show("%(x)s", "\xed\xa0\x80\xf0\x9f") == "\xed\xa0\x80\xf0\x9f");
}
