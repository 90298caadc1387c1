// Block I/O.
#pragma once

#include <linux/blk_types.h>

#define bio_data_dir(bio) op_is_write((bio)->bi_opf)
#define bio_sectors(bio) ((bio)->bi_iter.bi_size >> 9)
#define bio_end_sector(bio) ((bio)->bi_iter.bi_sector + bio_sectors(bio))
#define bio_prio(bio) ((bio)->bi_ioprio)
#define bio_flagged(bio, bit) (((bio)->bi_flags & (1U << (bit))) != 0)
#define bio_has_data(bio) ((bio)->bi_iter.bi_size != 0 && bio_op(bio) != REQ_OP_DISCARD)
#define bio_dev(bio) ((bio)->bi_bdev->bd_dev)
