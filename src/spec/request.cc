// A Request as JSON. A source, a path or a flag may hold bytes that are not UTF-8, which JSON cannot carry: then every
// string goes as Latin-1 read into Unicode, and "encoding" says so.
#include "spec/wire.h"

#include <string_view>

#include <nlohmann/json.hpp>

#include "base/result.h"
#include "spec/json_reader.h"

namespace sonde::spec {

namespace {

using nlohmann::json;

constexpr const char* kLatin1 = "latin1";

json write(const UsdtProgram& program) {
  json arguments = json::array();
  for (const UsdtArgument& each : program.arguments) {
    arguments.push_back({{"size", each.size}, {"type", each.type}, {"why_not", each.why_not}});
  }
  return {{"program", program.program}, {"probes", program.probes}, {"arguments", std::move(arguments)}};
}

json write(const Request& request) {
  json usdt = json::array();
  for (const UsdtProgram& each : request.usdt) usdt.push_back(write(each));
  return {{"source", request.source},
          {"file_name", request.file_name},
          {"directory", request.directory},
          {"cflags", request.cflags},
          {"debug", request.debug},
          {"portable", request.portable},
          {"preamble", request.preamble},
          {"usdt", std::move(usdt)},
          {"with_variants", request.with_variants},
          {"with_trampolines", request.with_trampolines},
          {"btf_path", request.btf_path},
          {"release", request.release},
          {"online_cpus", request.online_cpus}};
}

void read(JsonReader& in, UsdtProgram& out) {
  in.get("program", out.program);
  in.get("probes", out.probes);
  in.list("arguments", out.arguments, [](JsonReader& each, UsdtArgument& argument) {
    each.get("size", argument.size);
    each.get("type", argument.type);
    each.get("why_not", argument.why_not);
  });
}

// Every string of a request that may be of another encoding through `convert`; false as soon as one fails.
template <typename Convert>
bool convert_strings(Request& request, Convert convert) {
  for (std::string* text :
       {&request.source, &request.file_name, &request.directory, &request.btf_path, &request.release}) {
    if (!convert(*text)) return false;
  }
  for (std::string& flag : request.cflags) {
    if (!convert(flag)) return false;
  }
  return true;
}

bool latin1_to_utf8(std::string& text) {
  std::string out;
  out.reserve(text.size() + text.size() / 8);
  for (unsigned char byte : text) {
    if (byte < 0x80) {
      out.push_back(static_cast<char>(byte));
    } else {
      out.push_back(static_cast<char>(0xc0 | byte >> 6));
      out.push_back(static_cast<char>(0x80 | (byte & 0x3f)));
    }
  }
  text = std::move(out);
  return true;
}

// The JSON parser has checked that `text` is UTF-8; characters above U+00FF are what is left to refuse.
bool utf8_to_latin1(std::string& text) {
  size_t used = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    unsigned char byte = static_cast<unsigned char>(text[i]);
    if (byte >= 0x80) {
      if (byte > 0xc3 || i + 1 >= text.size()) return false;
      byte = static_cast<unsigned char>((byte & 0x03) << 6 | (text[++i] & 0x3f));
    }
    text[used++] = static_cast<char>(byte);
  }
  text.resize(used);
  return true;
}

// UTF-8 as RFC 3629 has it: no overlong forms, no surrogates, nothing above U+10FFFF.
bool is_utf8(std::string_view text) {
  for (size_t i = 0; i < text.size();) {
    unsigned char lead = static_cast<unsigned char>(text[i]);
    size_t length = lead < 0x80 ? 1 : lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
    if (length == 0 || i + length > text.size()) return false;
    for (size_t k = 1; k < length; ++k) {
      if ((static_cast<unsigned char>(text[i + k]) & 0xc0) != 0x80) return false;
    }
    unsigned char second = length > 1 ? static_cast<unsigned char>(text[i + 1]) : 0;
    if ((lead == 0xe0 && second < 0xa0) || (lead == 0xed && second > 0x9f) || (lead == 0xf0 && second < 0x90) ||
        (lead == 0xf4 && second > 0x8f)) {
      return false;
    }
    i += length;
  }
  return true;
}

}  // namespace

std::string to_json(const Request& request) {
  Request copy = request;
  if (convert_strings(copy, [](std::string& text) { return is_utf8(text); })) return write(copy).dump();
  convert_strings(copy, latin1_to_utf8);
  json out = write(copy);
  out["encoding"] = kLatin1;
  return out.dump();
}

Result<Request> request_from_json(std::string_view text) {
  ASSIGN_OR_RETURN(json parsed, parse_object(text, "the request"));
  Status status;
  Request request;
  std::string encoding;
  JsonReader in(parsed, "request", status);
  in.get("source", request.source);
  in.get("file_name", request.file_name);
  in.get("directory", request.directory);
  in.get("cflags", request.cflags);
  in.get("preamble", request.preamble);
  in.list("usdt", request.usdt, [](JsonReader& each, UsdtProgram& program) { read(each, program); });
  in.get("debug", request.debug);
  in.get("portable", request.portable);
  in.get("with_variants", request.with_variants);
  in.get("with_trampolines", request.with_trampolines);
  in.get("btf_path", request.btf_path);
  in.get("release", request.release);
  in.get("online_cpus", request.online_cpus);
  in.get("encoding", encoding);
  if (in.ok() && !encoding.empty() && encoding != kLatin1) in.fail("encoding", "one that this sonde knows");
  if (in.ok() && encoding == kLatin1 && !convert_strings(request, utf8_to_latin1))
    in.fail("encoding", "what the text is in");
  RETURN_IF_ERROR(status);
  return request;
}

}  // namespace sonde::spec
