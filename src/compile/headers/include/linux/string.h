// Text.
#pragma once

// Text of the program's own or of the kernel's, a byte at a time: to the end of the array that it lies in, where the
// compiler knows it, and of at most 256 bytes otherwise.
#define SONDE_TEXT_SIZE(text) \
  (__builtin_object_size(text, 1) <= 256 && __builtin_object_size(text, 1) > 0 ? __builtin_object_size(text, 1) : 256UL)
#define SONDE_SMALLER(a, b) ((a) < (b) ? (a) : (b))
#define SONDE_COMPARE(a, b, limit) \
  ({ const char *a_ = (const char *)(a), *b_ = (const char *)(b); \
     int order_ = 0; \
     for (unsigned long i_ = 0; i_ < (limit); i_++) { \
       order_ = (int)(unsigned char)a_[i_] - (int)(unsigned char)b_[i_]; \
       if (order_ || !b_[i_]) break; \
     } \
     order_; })
#define strcmp(a, b) SONDE_COMPARE(a, b, SONDE_SMALLER(SONDE_TEXT_SIZE(a), SONDE_TEXT_SIZE(b)))
#define strncmp(a, b, count) \
  ({ unsigned long most_ = (count); \
     SONDE_COMPARE(a, b, SONDE_SMALLER(most_, SONDE_SMALLER(SONDE_TEXT_SIZE(a), SONDE_TEXT_SIZE(b)))); })
#define SONDE_LENGTH(text, limit) \
  ({ const char *text_ = (const char *)(text); \
     unsigned long length_ = 0; \
     while (length_ < (limit) && text_[length_]) length_++; \
     length_; })
#define strlen(text) \
  (__builtin_constant_p(__builtin_strlen(text)) ? __builtin_strlen(text) : SONDE_LENGTH(text, SONDE_TEXT_SIZE(text)))
#define strnlen(text, count) \
  ({ unsigned long most_ = (count); SONDE_LENGTH(text, SONDE_SMALLER(most_, SONDE_TEXT_SIZE(text))); })
#define strchr(text, wanted) \
  ({ const char *in_ = (const char *)(text), *at_ = NULL; \
     for (unsigned long i_ = 0; i_ < SONDE_TEXT_SIZE(text); i_++) { \
       if (in_[i_] == (char)(wanted)) { at_ = in_ + i_; break; } \
       if (!in_[i_]) break; \
     } \
     (char *)at_; })
#define memchr(memory, wanted, count) \
  ({ const unsigned char *in_ = (const void *)(memory), *at_ = NULL; \
     unsigned long most_ = (count); \
     for (unsigned long i_ = 0; i_ < most_; i_++) { \
       if (in_[i_] == (unsigned char)(wanted)) { at_ = in_ + i_; break; } \
     } \
     (void *)at_; })
// Where `wanted`, a text of the program's that the compiler knows the length of, begins.
#define strstr(text, wanted) \
  ({ const char *in_ = (const char *)(text), *found_ = NULL; \
     for (unsigned long at_ = 0; at_ + sizeof(wanted) <= SONDE_TEXT_SIZE(text); at_++) { \
       if (SONDE_COMPARE(in_ + at_, wanted, sizeof(wanted) - 1) == 0) { found_ = in_ + at_; break; } \
       if (!in_[at_]) break; \
     } \
     (char *)found_; })
#define strstarts(text, prefix) (SONDE_COMPARE(text, prefix, sizeof(prefix) - 1) == 0)
#define str_has_prefix(text, prefix) (strstarts(text, prefix) ? sizeof(prefix) - 1 : 0)
#define strscpy(to, from, size) bpf_probe_read_kernel_str(to, size, from)
#define strlcpy(to, from, size) bpf_probe_read_kernel_str(to, size, from)
