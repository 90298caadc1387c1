#include "compile/diagnostics/diagnostics.h"

#include <clang/AST/Decl.h>
#include <clang/Basic/DiagnosticIDs.h>
#include <clang/Basic/SourceManager.h>
#include <clang/Lex/Lexer.h>

#include <fmt/format.h>

#include "compile/diagnostics/hints.h"
#include "compile/diagnostics/rewording.h"

namespace sonde::compile {
namespace {

using Level = clang::DiagnosticsEngine::Level;
using clang::SourceLocation;
using clang::SourceManager;

constexpr unsigned kMaxErrors = 20;
constexpr unsigned kMaxWarnings = 50;
constexpr unsigned kMaxIncludes = 3;  // of a chain of files that include each other

// clang's own, with an end to "In file included from".
class Text : public clang::TextDiagnostic {
 public:
  Text(llvm::raw_ostream& stream, const clang::LangOptions& language, clang::DiagnosticOptions& options,
       const clang::Preprocessor* preprocessor)
      : TextDiagnostic(stream, language, &options, preprocessor), stream_(stream) {}
  void begin() { includes_ = 0; }

 protected:
  void emitIncludeLocation(clang::FullSourceLoc where, clang::PresumedLoc presumed) override {
    if (++includes_ <= kMaxIncludes) TextDiagnostic::emitIncludeLocation(where, presumed);
    else if (includes_ == kMaxIncludes + 1) stream_ << "and so on\n";
  }

 private:
  llvm::raw_ostream& stream_;
  unsigned includes_ = 0;
};

// Whether any macro that led here is one of sonde's headers, where all is a system header.
bool came_through_headers(SourceLocation where, const SourceManager& sources) {
  for (; where.isMacroID(); where = sources.getImmediateMacroCallerLoc(where)) {
    SourceLocation spelled = sources.getSpellingLoc(where);
    if (sources.isInSystemHeader(spelled) || sources.isWrittenInScratchSpace(spelled)) return true;
  }
  return false;
}

// Where the user wrote it.
SourceLocation users_place(SourceLocation where, const SourceManager& sources) {
  return came_through_headers(where, sources) ? sources.getFileLoc(where) : where;
}

std::string option_of(Level level, unsigned id) {
  llvm::StringRef option = clang::DiagnosticIDs::getWarningOptionForDiag(id);
  if (option.empty()) return {};
  bool raised = level >= Level::Error && !clang::DiagnosticIDs::isDefaultMappingAsError(id);
  return fmt::format(" [{}-W{}]", raised ? "-Werror," : "", std::string_view(option));
}

llvm::SmallVector<clang::CharSourceRange> users_ranges(const clang::Diagnostic& info) {
  llvm::SmallVector<clang::CharSourceRange> ranges;
  for (const auto& range : info.getRanges()) {
    bool is_own = !came_through_headers(range.getBegin(), info.getSourceManager()) &&
                  !came_through_headers(range.getEnd(), info.getSourceManager());
    if (is_own) ranges.push_back(range);
  }
  return ranges;
}

// The struct that a message is about.
const clang::RecordDecl* record_of(const clang::Diagnostic& info) {
  for (unsigned i = 0; i < info.getNumArgs(); ++i) {
    if (info.getArgKind(i) != clang::DiagnosticsEngine::ak_declcontext) continue;
    return llvm::dyn_cast<clang::RecordDecl>(reinterpret_cast<clang::DeclContext*>(info.getRawArg(i)));
  }
  return nullptr;
}

// A note that points nowhere, or into sonde's headers, tells the user nothing.
bool is_inside(const clang::Diagnostic& info, const std::string& note) {
  if (info.getLocation().isInvalid()) return true;
  const auto& sources = info.getSourceManager();
  bool is_own_check = llvm::StringRef(note).starts_with("expression evaluates to");
  return sources.isInSystemHeader(sources.getFileLoc(info.getLocation())) ||
         (is_own_check && came_through_headers(info.getLocation(), sources));
}

std::string_view token_at(const clang::Diagnostic& info, const clang::LangOptions& language) {
  if (info.getLocation().isInvalid()) return {};
  const auto& sources = info.getSourceManager();
  auto where = sources.getFileLoc(info.getLocation());
  return {sources.getCharacterData(where), clang::Lexer::MeasureTokenLength(where, sources, language)};
}

}  // namespace

DiagnosticWriter::DiagnosticWriter(llvm::raw_ostream& stream, clang::DiagnosticOptions& options, const Target& target,
                                   std::vector<std::string>& missing_names)
    : stream_(stream), options_(options), target_(target), missing_names_(missing_names) {}

DiagnosticWriter::~DiagnosticWriter() = default;

// There is no end to it: the back end finds mistakes when clang is done with the file.
void DiagnosticWriter::BeginSourceFile(const clang::LangOptions& language, const clang::Preprocessor* preprocessor) {
  language_ = &language;
  text_ = std::make_unique<Text>(stream_, language, options_, preprocessor);
}

bool DiagnosticWriter::is_repeated(Level level, const clang::Diagnostic& info, const std::string& message) {
  if (info.getLocation().isInvalid()) return false;
  const auto& sources = info.getSourceManager();
  unsigned place = sources.getFileLoc(info.getLocation()).getRawEncoding();
  bool is_new = said_.emplace(place, message).second;
  if (level < Level::Error || !info.getLocation().isMacroID()) return !is_new;
  unsigned macro = sources.getExpansionLoc(info.getLocation()).getRawEncoding();
  if (failed_macros_.count(macro)) return true;
  if (came_through_headers(info.getLocation(), sources)) failed_macros_.insert(macro);
  return !is_new;
}

void DiagnosticWriter::HandleDiagnostic(Level level, const clang::Diagnostic& info) {
  llvm::SmallString<128> buffer;
  info.FormatDiagnostic(buffer);
  if (auto name = missing_name({buffer.data(), buffer.size()}, {record_of(info), {}}); !name.empty())
    missing_names_.emplace_back(name);
  std::string message = in_the_dialects_words({buffer.data(), buffer.size()});
  if (level == Level::Note) {
    if (!skips_notes_ && !is_inside(info, message) && !is_misleading(message)) write(level, info, message);
    return;
  }
  bool is_error = level >= Level::Error;
  skips_notes_ = is_repeated(level, info, message) || errors_ >= kMaxErrors || (!is_error && warnings_ >= kMaxWarnings);
  if (skips_notes_) return;
  DiagnosticConsumer::HandleDiagnostic(level, info);  // counts
  write(level, info, message + option_of(level, info.getID()));
  if (!is_error) {
    if (++warnings_ == kMaxWarnings)
      stream_ << "warning: these are the first " << kMaxWarnings << " warnings; there are more\n";
    return;
  }
  std::string hint =
      hint_for(message, {record_of(info), text_ ? token_at(info, *language_) : std::string_view()}, target_);
  if (!hint.empty()) stream_ << "hint: " << hint << "\n";
  if (++errors_ == kMaxErrors) stream_ << "error: these are the first " << kMaxErrors << " errors; there are more\n";
}

void DiagnosticWriter::write(Level level, const clang::Diagnostic& info, const std::string& message) {
  if (info.getLocation().isInvalid() || !info.hasSourceManager() || !text_) {
    clang::TextDiagnostic::printDiagnosticLevel(stream_, level, false);
    stream_ << message << "\n";
    return;
  }
  static_cast<Text&>(*text_).begin();
  const auto& sources = info.getSourceManager();
  auto ranges = users_ranges(info);
  clang::FullSourceLoc where(users_place(info.getLocation(), sources), sources);
  text_->emitDiagnostic(where, level, message, ranges, info.getFixItHints());
}

}  // namespace sonde::compile
