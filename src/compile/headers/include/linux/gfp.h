// Flags of memory allocation are known without an include.
#pragma once

#define gfpflags_allow_blocking(flags) (((flags) & __GFP_DIRECT_RECLAIM) != 0)
