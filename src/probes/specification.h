// What a user asked to be probed, as plain data: each part with its place in the user's text.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "probes/pattern.h"
#include "probes/place.h"

namespace sonde::probes {

enum class Tool { kTrace, kArgdist, kFunccount, kStackcount, kFunclatency, kFuncslower, kTplist };
std::string_view name_of(Tool tool);

enum class Kind { kEntry, kReturn, kTracepoint, kUsdt };
// Of kernel functions: kKprobe and kFentry were asked for by name, as `k:` and `f:`.
enum class Way { kAny, kKprobe, kFentry };

struct Parameter {
  Piece type;            // "const char __user *"
  Piece name;            // empty: unnamed
  bool is_user = false;  // its type says __user
};

// What a token of an expression means, where sonde and not C says it.
enum class Variable {
  kNone,
  kArgument,   // arg1; Token::number says which
  kFields,     // args, of a tracepoint
  kReturned,   // retval, $retval
  kEntry,      // $entry(parameter)
  kLatency,    // $latency, in nanoseconds
  kProcess,    // $tgid, $PID
  kThread,     // $pid
  kComm,       // $COMM
  kTask,       // $task
  kCpu,        // $cpu
  kUser,       // $uid
  kGroup,      // $gid
  kCompare,    // STRCMP("text", expression)
  kParameter,  // of the signature; Token::number counts from 0
};

struct Token {
  enum class Kind {
    kName,  // a name of C: a variable, a type, a field, a macro
    kNumber,
    kString,     // with its quotes
    kCharacter,  // likewise
    kOperator,   // also brackets and commas
    kVariable,   // `variable` says which
    kUserMark,   // "@user", behind what it marks
  };
  Kind kind = Kind::kName;
  std::string text;
  Place place;
  Variable variable = Variable::kNone;
  unsigned number = 0;
};

struct Expression {
  Piece text;
  std::vector<Token> tokens;
  bool empty() const { return tokens.empty(); }
};

// A conversion of a format string: "%-10lld".
struct Conversion {
  enum class Kind { kSigned, kUnsigned, kHex, kOctal, kCharacter, kString, kPointer, kKernelSymbol, kUserSymbol };
  Kind kind = Kind::kSigned;
  unsigned bytes = 4;  // of the number: 1, 2, 4 or 8
  std::string flags;   // of "-+ #0"
  int width = -1;      // -1: not given
  int precision = -1;
  char letter = 'd';  // as written: 'x' and 'X' differ
  Place place;
};

struct Format {
  Piece text;  // without its quotes, escapes as written
  // What is printed: literals[0], conversions[0], literals[1], …; one literal more than conversions. Escapes are
  // resolved, "%%" is '%'.
  std::vector<std::string> literals;
  std::vector<Conversion> conversions;
};

struct Specification {
  std::string text;  // all of it; places count its bytes
  Tool tool = Tool::kTrace;
  Kind kind = Kind::kEntry;
  Way way = Way::kAny;

  // Where. A function of the kernel has no library; a USDT probe without one is searched in the process of -p.
  Piece library;                       // name or path
  Piece module;                        // of the kernel: k:MODULE:FUNCTION
  Piece category;                      // of a tracepoint
  Piece provider;                      // of a USDT probe; may be empty
  Piece function;                      // function, event or USDT probe, as written: a name or a pattern
  Pattern names = Pattern::exact("");  // that `function` stands for; of a tracepoint it is of "category:event"
  std::optional<uint64_t> address;     // instead of a name: "0xffffffff81234560", "c:0x1234"
  std::optional<uint64_t> offset;      // function+0x1f
  Piece offset_text;                   // "+0x1f"

  // What is read there.
  bool has_signature = false;
  Piece signature;  // without its parentheses
  std::vector<Parameter> parameters;
  Expression filter;  // empty: every hit is taken

  // trace
  std::optional<Format> format;
  std::vector<Expression> arguments;

  // argdist
  std::vector<Piece> types;
  std::vector<Expression> values;  // as many as types
  Piece label;

  bool in_kernel() const { return library.empty() && (kind == Kind::kEntry || kind == Kind::kReturn); }
  // As reports name it: the label, or else the specification as it was given.
  const std::string& title() const { return label.empty() ? text : label.text; }
};

}  // namespace sonde::probes
