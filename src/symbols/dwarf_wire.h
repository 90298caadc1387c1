// How source_frames() and its child sonde-dwarf talk: messages (base/message.h) over a socket pair.
//
//   we -> child   kAsk     descriptors: the file with DWARF and, if it has one, its shared file (dwz).
//                          Addresses, 8 bytes each.
//   child -> us   kFrames  answers for the first of these addresses, at least one: who has more asks again
//   child -> us   kDied    its last words, instead of an answer
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "sonde/symbols.h"

namespace sonde::symbols {

enum class DwarfMessage : uint32_t { kAsk = 1, kFrames, kDied };
inline constexpr uint32_t kLastDwarfMessage = static_cast<uint32_t>(DwarfMessage::kDied);

inline constexpr size_t kMaxAddresses = 1u << 16;    // of one question
inline constexpr size_t kMaxFrames = 256;            // of one address
inline constexpr size_t kMaxFrameText = 64u << 10;   // of a name or a path; longer ones are cut
inline constexpr size_t kEnoughAnswers = 16u << 20;  // bytes after which the rest is left for another question

using FramesResult = Result<std::vector<Frame>>;

std::string encode_addresses(const uint64_t* addresses, size_t count);
Result<std::vector<uint64_t>> decode_addresses(std::string_view body);

// Appends one answer. Names are still mangled.
void encode_answer(const FramesResult& answer, std::string& body);
// At most `limit` answers; kInvalid for what no child of ours sends.
Result<std::vector<FramesResult>> decode_answers(std::string_view body, size_t limit);

}  // namespace sonde::symbols
