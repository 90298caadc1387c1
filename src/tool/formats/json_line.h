// Records as JSON. Their strings are the bytes that were seen, whatever those are.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

namespace sonde::tool {

// What is added to the name of a member whose text is not UTF-8, for another member with its bytes in hexadecimal: JSON
// itself can hold no bytes, and text with U+FFFD in it no longer says which file it was.
inline constexpr const char* kHexSuffix = "_hex";

// One line, without its end. Control characters, those of a terminal's C1 set too, are JSON's own escapes.
std::string json_line(const nlohmann::ordered_json& record);

// Of the schema: a property of text for `name`, or of a list of texts, and the one beside it for bytes that are not
// UTF-8. `has_unread`: null stands for text of memory that could not be read.
void add_text_property(nlohmann::ordered_json& properties, const std::string& name, bool is_list = false,
                       bool has_unread = false);

}  // namespace sonde::tool
