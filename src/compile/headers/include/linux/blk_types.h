// Block I/O requests: flags by the running kernel's own numbering.
#pragma once

#define REQ_OP_BITS 8
#define REQ_OP_MASK ((1U << REQ_OP_BITS) - 1)
#define REQ_FLAG_BITS 24

#define bio_op(bio) ((int)((bio)->bi_opf & REQ_OP_MASK))
#define op_is_write(op) (!!((op) & 1))
#define op_is_flush(op) (!!((op) & (REQ_FUA | REQ_PREFLUSH)))
#define op_is_sync(op) (((op) & REQ_OP_MASK) == REQ_OP_READ || ((op) & (REQ_SYNC | REQ_FUA | REQ_PREFLUSH)))
#define op_is_discard(op) (((op) & REQ_OP_MASK) == REQ_OP_DISCARD)
