// joined_path_t: a path and, where it is relative, the directories above it, innermost first.
#include <algorithm>
#include <cstddef>

#include "tool/formats/layout.h"
#include "tool/formats/texts.h"
#include "tool/formats/value_type.h"
#include "tool/text/value_text.h"

namespace sonde::tool {
namespace {

constexpr size_t kTextsAt = offsetof(layout::joined_path_t, texts);

struct JoinedPath {
  bool has_root;
  std::vector<Text> texts;  // the path, then directories

  explicit JoinedPath(const Value& value)
      : has_root(unsigned_at(value.bytes, 4)),
        texts(texts_of(value.bytes.substr(std::min(kTextsAt, value.bytes.size())))) {
    if (texts.empty()) texts.push_back({"", Text::State::kUnread});
  }
  bool lacks_directories() const { return texts.size() > 1 && !has_root; }
  bool is_cut() const { return texts[0].is_cut() || lacks_directories(); }
  std::string directories() const {
    std::string path = has_root ? "/" : "";
    for (size_t i = texts.size(); i-- > 1;) path.append(texts[i].bytes) += '/';
    return path;
  }
};

std::string text(const Value& value) {
  JoinedPath path(value);
  return (path.lacks_directories() ? std::string(kCutMark) + "/" : "") + safe_text(path.directories()) +
         shown_text(path.texts[0]);
}

nlohmann::json json(const Value& value) {
  JoinedPath path(value);
  std::string whole = path.directories().append(path.texts[0].bytes);
  return json_of_text({whole, path.texts[0].state});
}

}  // namespace

const ValueType& joined_path_type() {
  static const ValueType kType{.name = "joined_path_t",
                               .text = text,
                               .json = json,
                               .is_cut = [](const Value& value) { return JoinedPath(value).is_cut(); },
                               .has_unread = true,
                               .json_type = "text"};
  return kType;
}

}  // namespace sonde::tool
