/* Linux's numbers of errors: programs print them, and look for them. WASI numbers its errors in alphabetical order. */
#ifndef CODERUNNER_LINUX_ERRNO_H
#define CODERUNNER_LINUX_ERRNO_H

#include <errno.h>
#include <stddef.h>

static inline int linux_errno(int number) {
    static const unsigned char numbers[] = {
        [E2BIG] = 7, [EACCES] = 13, [EAGAIN] = 11, [EBADF] = 9, [EBUSY] = 16, [EDOM] = 33, [EDQUOT] = 122, [EEXIST] = 17,
        [EFAULT] = 14, [EFBIG] = 27, [EILSEQ] = 84, [EINTR] = 4, [EINVAL] = 22, [EIO] = 5, [EISDIR] = 21, [ELOOP] = 40,
        [EMFILE] = 24, [EMLINK] = 31, [ENAMETOOLONG] = 36, [ENFILE] = 23, [ENODEV] = 19, [ENOENT] = 2, [ENOMEM] = 12,
        [ENOSPC] = 28, [ENOSYS] = 38, [ENOTDIR] = 20, [ENOTEMPTY] = 39, [ENOTSUP] = 95, [ENOTTY] = 25, [ENXIO] = 6,
        [EOVERFLOW] = 75, [EPERM] = 1, [EPIPE] = 32, [ERANGE] = 34, [EROFS] = 30, [ESPIPE] = 29, [ETXTBSY] = 26,
        [EXDEV] = 18, [ENOTCAPABLE] = 13,
    };
    int known = number > 0 && (size_t)number < sizeof numbers ? numbers[number] : 0;
    return known ? known : number;
}

#endif
