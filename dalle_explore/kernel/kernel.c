/* The inner loops of drawing, for a processor: one step of the transformer, the draw of a code,
 * and what is recorded about it. Optional: everything here is also written in torch.
 *
 * A picture must not depend on the batch it is drawn in, nor on how wide the processor's registers
 * are. So every number is made by one chain of operations: a product's sum runs over k in order,
 * whatever the number of rows or threads, and what is added across goes through sixteen lanes
 * which are joined in one order. A compiler lays the lanes into whatever registers there are and
 * fuses products with sums where the processor can: with and without AVX-512 it is asked for the
 * same, and a test compares the bits. Two compilers may still round differently.
 *
 * Threads are the caller's: a call works on rows [first, last) and touches nothing else.
 */

#include <math.h>
#include <stdint.h>
#include <string.h>

#if defined(_WIN32)
#define PUBLIC __declspec(dllexport)
#else
#define PUBLIC
#endif

#define LANES 16
#define PANEL 32 /* outputs that a product makes at a time */

#if defined(__AVX512F__)
#define WIDTH 16 /* floats of a register */
#define TALL 8   /* rows of a tile that is one panel wide */
#define HALF 4   /* rows of a tile that is two panels wide */
#define WIDE 8   /* panels of a tile that is one row high */
#elif defined(__AVX__)
#define WIDTH 8
#define TALL 3
#define HALF 3
#define WIDE 3
#else
#define WIDTH 4
#define TALL 3
#define HALF 3
#define WIDE 3
#endif

#define PARTS (LANES / WIDTH)
#define ROW (PANEL / WIDTH) /* registers of a panel */

typedef float vf __attribute__((vector_size(4 * WIDTH), aligned(4), may_alias));
typedef int32_t vi __attribute__((vector_size(4 * WIDTH), aligned(4), may_alias));

#define INLINE static inline __attribute__((always_inline))
#define APART static __attribute__((noinline))
#define UNROLL _Pragma("GCC unroll 32")

INLINE vf load(const float *p) { return *(const vf *)p; }
INLINE void store(float *p, vf v) { *(vf *)p = v; }
INLINE vf all(float x) { return x - (vf){0}; }
INLINE vf choose(vi where, vf yes, vf no) { return (vf)(((vi)yes & where) | ((vi)no & ~where)); }
INLINE vf larger(vf a, vf b) { return choose(a > b, a, b); }

/* The sum of sixteen lanes, always in this order. */
INLINE float sum(const vf *lanes) {
    float a[LANES];
    for (int i = 0; i < PARTS; i++) store(a + i * WIDTH, lanes[i]);
    for (int width = LANES / 2; width; width /= 2)
        for (int i = 0; i < width; i++) a[i] += a[i + width];
    return a[0];
}

/* The largest of count numbers, a multiple of the width of a register. */
INLINE float largest(const float *x, int64_t count) {
    vf most = load(x);
    for (int64_t i = WIDTH; i < count; i += WIDTH) most = larger(load(x + i), most);
    float top = most[0];
    for (int i = 1; i < WIDTH; i++) top = most[i] > top ? most[i] : top;
    return top;
}

/* exp(x) for x <= 0, to two units in the last place; 0 below -87. */
INLINE vf exponential(vf x) {
    const float shift = 12582912.0f; /* 1.5 * 2^23: adding it rounds to a whole number */
    vi alive = x > all(-87.0f);
    vf n = x * 1.44269504f + shift;
    vi twos = (vi)n << 23;
    n -= shift;
    vf r = x - n * 0.693145752f;
    r -= n * 1.42860677e-6f;
    vf p = all(1.0f / 720);
    p = p * r + 1.0f / 120;
    p = p * r + 1.0f / 24;
    p = p * r + 1.0f / 6;
    p = p * r + 0.5f;
    p = p * r + 1.0f;
    p = p * r + 1.0f;
    return (vf)(((vi)p + twos) & alive);
}

/* x * Phi(x), the GELU (Hendrycks and Gimpel, 2016). -log(1 - Phi(a)) is smooth in a >= 0: a
 * polynomial of degree 11, fitted at Chebyshev points of [0, 6], is right to 4e-7 of the GELU. */
INLINE vf gelu(vf x) {
    static const float c[] = {0.693147123f,     0.79788667f,      0.31829375f,
                              0.036383301f,     -0.00485146837f,  1.60091531e-05f,
                              0.000194814187f,  -5.69027325e-05f, 9.27709971e-06f,
                              -9.34702371e-07f, 5.43687619e-08f,  -1.40011414e-09f};
    vi negative = x < all(0.0f);
    vf a = choose(negative, -x, x);
    a = choose(a < all(6.0f), a, all(6.0f));
    vf q = all(c[11]);
    for (int i = 10; i >= 0; i--) q = q * a + c[i];
    vf tail = exponential(-q);
    return x * choose(negative, tail, 1.0f - tail);
}

/* ---- products ------------------------------------------------------------------------------ */

enum { PLAIN, ADD, GELU };

/* R rows times P panels: y[r][n] = sum over k of x[r][k] w[k][n], in the order of k. */
INLINE void tile(const int R, const int P, const float *x, int64_t ldx, const float *w, int64_t K,
                 float *y, int64_t ldy, const float *bias, int mode) {
    vf acc[R][ROW * P];
    UNROLL for (int r = 0; r < R; r++) UNROLL for (int i = 0; i < ROW * P; i++) acc[r][i] =
        all(0.0f);
    for (int64_t k = 0; k < K; k++)
        UNROLL for (int i = 0; i < ROW * P; i++) {
            vf weight = load(w + (i / ROW) * PANEL * K + k * PANEL + (i % ROW) * WIDTH);
            UNROLL for (int r = 0; r < R; r++) acc[r][i] += x[r * ldx + k] * weight;
        }
    for (int r = 0; r < R; r++)
        for (int i = 0; i < ROW * P; i++) {
            vf v = acc[r][i];
            float *to = y + r * ldy + i * WIDTH;
            if (bias) v += load(bias + i * WIDTH);
            if (mode == ADD) v += load(to);
            if (mode == GELU) v = gelu(v);
            store(to, v);
        }
}

/* y [rows N] = x [rows K] w, with w as panels [N/32][K][32]. Which tile makes an output changes
 * nothing about its sum. Tiles are as large as the registers: many rows of one panel, or one row
 * of many panels, so that enough chains of additions are under way. */
APART void product(const float *x, int64_t ldx, int64_t rows, const float *w, int64_t K, int64_t N,
                   float *y, int64_t ldy, const float *bias, int mode) {
#define TILE(R, P) tile(R, P, x + r * ldx, ldx, w + n * K, K, y + r * ldy + n, ldy, from, mode)
    int64_t n = 0;
    for (; rows < HALF && n + WIDE * PANEL <= N; n += WIDE * PANEL) {
        const float *from = bias ? bias + n : 0;
        for (int64_t r = 0; r < rows; r++) TILE(1, WIDE);
    }
#if HALF < TALL
    for (; rows < TALL && rows >= HALF && n + 2 * PANEL <= N; n += 2 * PANEL) {
        const float *from = bias ? bias + n : 0;
        int64_t r = 0;
        for (; r + HALF <= rows; r += HALF) TILE(HALF, 2);
        for (; r < rows; r++) TILE(1, 2);
    }
#endif
    for (; n < N; n += PANEL) {
        const float *from = bias ? bias + n : 0;
        int64_t r = 0;
        for (; r + TALL <= rows; r += TALL) TILE(TALL, 1);
        for (; r < rows; r++) TILE(1, 1);
    }
#undef TILE
}

/* (x - mean) / sqrt(variance + 1e-5) * gain + bias, layer normalisation (Ba et al., 2016). */
INLINE void normalise(const float *x, float *y, int64_t d, const float *gain, const float *bias) {
    vf total[PARTS] = {0}, square[PARTS] = {0};
    for (int64_t i = 0; i < d; i += LANES)
        UNROLL for (int u = 0; u < PARTS; u++) total[u] += load(x + i + u * WIDTH);
    float mean = sum(total) / (float)d;
    for (int64_t i = 0; i < d; i += LANES)
        UNROLL for (int u = 0; u < PARTS; u++) {
            vf v = load(x + i + u * WIDTH) - mean;
            square[u] += v * v;
        }
    float scale = 1.0f / sqrtf(sum(square) / (float)d + 1e-5f);
    for (int64_t i = 0; i < d; i += WIDTH) {
        vf shift = bias ? load(bias + i) : all(0.0f); /* in one expression, so that it is fused */
        store(y + i, (load(x + i) - mean) * scale * load(gain + i) + shift);
    }
}

/* ---- one step of the transformer ----------------------------------------------------------- */

typedef struct {
    const float *norm_gain, *norm_bias, *qkv, *qk_gain, *out, *out_bias;
    const float *mlp_gain, *mlp_bias, *up, *up_bias, *down, *down_bias;
} Layer;

typedef struct {
    int64_t layers, heads, channels, text, patches, codes; /* codes: filled up to panels */
    const Layer *layer;
    const float *code, *position; /* [k d], [p d] */
    const float *norm_gain, *norm_bias, *head;
    float *text_keys, *text_values; /* [m l h t/16 c 16], [m l h t c]; t/16 rounded up */
    float *keys, *values;           /* [b l h p/16 c 16], [b l h p c]; p/16 rounded up */
} Net;

INLINE int64_t blocks(int64_t positions) { return (positions + LANES - 1) / LANES; }

/* Scores of 16 positions at a time, two such blocks side by side; sums run over the channels in
 * order. Beyond the last position stands minus infinity. */
INLINE void score(const int C, const float *q, const float *keys, int64_t count, float *scores) {
    int64_t n = blocks(count), i = 0;
    for (; i + 2 <= n; i += 2) {
        vf a[2 * PARTS] = {0};
        for (int c = 0; c < C; c++)
            UNROLL for (int u = 0; u < 2 * PARTS; u++) a[u] +=
                q[c] * load(keys + ((i + u / PARTS) * C + c) * LANES + u % PARTS * WIDTH);
        UNROLL for (int u = 0; u < 2 * PARTS; u++) store(scores + i * LANES + u * WIDTH, a[u]);
    }
    if (i < n) {
        vf a[PARTS] = {0};
        for (int c = 0; c < C; c++)
            UNROLL for (int u = 0; u < PARTS; u++) a[u] +=
                q[c] * load(keys + (i * C + c) * LANES + u * WIDTH);
        UNROLL for (int u = 0; u < PARTS; u++) store(scores + i * LANES + u * WIDTH, a[u]);
    }
    for (int64_t j = count; j < n * LANES; j++) scores[j] = -INFINITY;
}

/* Add p[j] v[j] over all positions, in two sums side by side: even and odd positions. */
INLINE void gather(const int C, const float *p, const float *values, int64_t count, vf *even,
                   vf *odd) {
    int64_t j = 0;
    for (; j + 2 <= count; j += 2)
        UNROLL for (int i = 0; i < C / WIDTH; i++) {
            even[i] += p[j] * load(values + j * C + i * WIDTH);
            odd[i] += p[j + 1] * load(values + (j + 1) * C + i * WIDTH);
        }
    if (j < count)
        UNROLL for (int i = 0; i < C / WIDTH; i++) even[i] +=
            p[j] * load(values + j * C + i * WIDTH);
}

INLINE void attend(const int C, const float *q, const float *text_keys, const float *text_values,
                   int64_t text, const float *keys, const float *values, int64_t own, float *p,
                   float *read) {
    int64_t first = blocks(text) * LANES, length = first + blocks(own) * LANES;
    score(C, q, text_keys, text, p);
    score(C, q, keys, own, p + first);
    float top = largest(p, length);
    vf total[PARTS] = {0}, even[C / WIDTH], odd[C / WIDTH];
    for (int64_t j = 0; j < length; j += LANES)
        UNROLL for (int u = 0; u < PARTS; u++) {
            vf e = exponential(load(p + j + u * WIDTH) - top);
            total[u] += e;
            store(p + j + u * WIDTH, e);
        }
    UNROLL for (int i = 0; i < C / WIDTH; i++) even[i] = odd[i] = all(0.0f);
    gather(C, p, text_values, text, even, odd);
    gather(C, p + first, values, own, even, odd);
    float share = 1.0f / sum(total);
    UNROLL for (int i = 0; i < C / WIDTH; i++) store(read + i * WIDTH, (even[i] + odd[i]) * share);
}

/* Normalise a query and a key, and put key and value where they belong. */
INLINE void remember(const int C, const float *gain, float *q, int64_t d, float *keys,
                     float *values, int64_t position) {
    const float scale = 1.0f / sqrtf((float)C);
    float *k = q + d, *v = k + d, *to = keys + (position / LANES) * LANES * C + position % LANES;
    normalise(q, q, C, gain, 0);
    normalise(k, k, C, gain, 0);
    for (int c = 0; c < C; c++) q[c] *= scale;
    for (int c = 0; c < C; c++) to[c * LANES] = k[c];
    memcpy(values + position * C, v, C * sizeof(float));
}

/* Rows [first, last) are pictures, and write at a patch. */
INLINE void look_back(const int C, const Net *net, int64_t number, int64_t first, int64_t last,
                      int64_t patch, const int64_t *text_of, float *qkv, float *read, float *p) {
    const int64_t h = net->heads, d = h * C, text = net->text, patches = net->patches;
    for (int64_t head = 0; head < h; head++)
        for (int64_t row = first; row < last; row++) {
            const int64_t mine = (row * net->layers + number) * h + head;
            const int64_t said = (text_of[row] * net->layers + number) * h + head;
            float *keys = net->keys + mine * blocks(patches) * LANES * C;
            float *values = net->values + mine * patches * C;
            float *q = qkv + (row - first) * 3 * d + head * C;
            remember(C, net->layer[number].qk_gain, q, d, keys, values, patch);
            attend(C, q, net->text_keys + said * blocks(text) * LANES * C,
                   net->text_values + said * text * C, text, keys, values, patch + 1, p,
                   read + (row - first) * d + head * C);
        }
}

/* Rows are the positions of one text. */
INLINE void look_within(const int C, const Net *net, int64_t number, int64_t said, float *qkv,
                        float *read, float *p) {
    const int64_t h = net->heads, d = h * C, text = net->text;
    for (int64_t head = 0; head < h; head++) {
        const int64_t mine = (said * net->layers + number) * h + head;
        float *keys = net->text_keys + mine * blocks(text) * LANES * C;
        float *values = net->text_values + mine * text * C;
        for (int64_t t = 0; t < text; t++) {
            float *q = qkv + t * 3 * d + head * C;
            remember(C, net->layer[number].qk_gain, q, d, keys, values, t);
            attend(C, q, keys, values, t + 1, keys, values, 0, p, read + t * d + head * C);
        }
    }
}

/* Channels of a head are known to the compiler, so that what is summed up stays in registers. */
#define OF(C)                                                                                     \
    APART void look_back_##C(const Net *net, int64_t l, int64_t first, int64_t last,              \
                             int64_t patch, const int64_t *text_of, float *qkv, float *read,      \
                             float *p) {                                                          \
        look_back(C, net, l, first, last, patch, text_of, qkv, read, p);                          \
    }                                                                                             \
    APART void look_within_##C(const Net *net, int64_t l, int64_t said, float *qkv, float *read,  \
                               float *p) {                                                        \
        look_within(C, net, l, said, qkv, read, p);                                               \
    }
OF(16)
OF(32)
OF(48)
OF(64)
#undef OF

#define FOR(channels, name)                                                                       \
    ((channels) == 16   ? name##_16                                                               \
     : (channels) == 32 ? name##_32                                                               \
     : (channels) == 48 ? name##_48                                                               \
                        : name##_64)

/* One row's part of the scratch: 10 d floats; and one for every position, filled up to 16. */
typedef struct {
    float *x, *n, *qkv, *read, *act, *p;
} Scratch;

INLINE Scratch scratch_of(float *from, int64_t rows, int64_t d) {
    Scratch s;
    s.x = from;
    s.n = s.x + rows * d;
    s.qkv = s.n + rows * d;
    s.read = s.qkv + rows * 3 * d;
    s.act = s.read + rows * d;
    s.p = s.act + rows * 4 * d;
    return s;
}

static void before(const Layer *layer, Scratch s, int64_t rows, int64_t d) {
    for (int64_t r = 0; r < rows; r++)
        normalise(s.x + r * d, s.n + r * d, d, layer->norm_gain, layer->norm_bias);
    product(s.n, d, rows, layer->qkv, d, 3 * d, s.qkv, 3 * d, 0, PLAIN);
}

static void after(const Layer *layer, Scratch s, int64_t rows, int64_t d) {
    product(s.read, d, rows, layer->out, d, d, s.x, d, layer->out_bias, ADD);
    for (int64_t r = 0; r < rows; r++)
        normalise(s.x + r * d, s.n + r * d, d, layer->mlp_gain, layer->mlp_bias);
    product(s.n, d, rows, layer->up, d, 4 * d, s.act, 4 * d, layer->up_bias, GELU);
    product(s.act, 4 * d, rows, layer->down, 4 * d, d, s.x, d, layer->down_bias, ADD);
}

static void finish(const Net *net, const float *x, float *n, int64_t rows, int64_t d,
                   float *logits) {
    for (int64_t r = 0; r < rows; r++)
        normalise(x + r * d, n + r * d, d, net->norm_gain, net->norm_bias);
    product(n, d, rows, net->head, d, net->codes, logits, net->codes, 0, PLAIN);
}

/* Read text number `said`, embedded as [t d]: keep its keys and values, and make the logits
 * [codes] of the first code. scratch holds 10 d floats for every position, and blocks(t) 16. */
PUBLIC void dalle_read(const Net *net, int64_t said, const float *embedded, float *scratch,
                float *logits) {
    const int64_t d = net->heads * net->channels, text = net->text;
    Scratch s = scratch_of(scratch, text, d);
    memcpy(s.x, embedded, text * d * sizeof(float));
    for (int64_t l = 0; l < net->layers; l++) {
        before(net->layer + l, s, text, d);
        FOR(net->channels, look_within)(net, l, said, s.qkv, s.read, s.p);
        after(net->layer + l, s, text, d);
    }
    finish(net, s.x + (text - 1) * d, s.n, 1, d, logits);
}

/* Write codes [b] at a patch into rows [first, last) and make their next logits [b codes].
 * scratch holds 10 d floats for each of these rows, and one for every position, filled up. */
PUBLIC void dalle_step(const Net *net, int64_t first, int64_t last, int64_t patch, const int64_t *codes,
                const int64_t *text_of, float *scratch, float *logits) {
    const int64_t d = net->heads * net->channels, rows = last - first;
    Scratch s = scratch_of(scratch, rows, d);
    for (int64_t r = 0; r < rows; r++)
        for (int64_t i = 0; i < d; i += WIDTH)
            store(s.x + r * d + i, load(net->code + codes[first + r] * d + i) +
                                       load(net->position + patch * d + i));
    for (int64_t l = 0; l < net->layers; l++) {
        before(net->layer + l, s, rows, d);
        FOR(net->channels, look_back)(net, l, first, last, patch, text_of, s.qkv, s.read, s.p);
        after(net->layer + l, s, rows, d);
    }
    finish(net, s.x, s.n, rows, d, logits + first * net->codes);
}

/* ---- drawing a code ------------------------------------------------------------------------ */

/* See seeds.py, of which this is the same arithmetic in 32-bit words. */
INLINE uint32_t mix(uint32_t word) {
    word ^= word >> 16;
    word *= 0x21F0AAADu;
    word ^= word >> 15;
    word *= 0x735A2D97u;
    return word ^ (word >> 15);
}

INLINE void feistel(uint32_t *left, uint32_t *right) {
    static const uint32_t keys[4] = {0x243F6A88u, 0x85A308D3u, 0x13198A2Eu, 0x03707344u};
    for (int i = 0; i < 4; i++) {
        uint32_t next = *left ^ mix(*right + keys[i]);
        *left = *right;
        *right = next;
    }
}

INLINE uint32_t bits_of(uint32_t left, uint32_t right, uint32_t code) {
    return mix(mix(code + left) ^ right) >> 8;
}

INLINE float gumbel(uint32_t bits) {
    return (float)-log(-log(((double)bits + 0.5) / 16777216.0));
}

/* No gumbel of these bits is larger. */
INLINE float bound(uint32_t bits) {
    return bits < (1u << 23) ? 0.37f : bits < 15u << 20 ? 2.75f : bits < 255u << 16 ? 5.55f : 17.4f;
}

/* For each row of heated logits [b k], the code whose logit plus noise is the largest; of equals
 * the first. Logarithms are taken only where the noise could carry a code to the top. */
PUBLIC void dalle_draw(const float *heated, int64_t rows, int64_t k, const int64_t *seeds,
                int64_t position, int64_t *codes) {
    for (int64_t r = 0; r < rows; r++) {
        const float *row = heated + r * k;
        uint32_t left = (uint32_t)seeds[r], right = (uint32_t)(seeds[r] >> 32);
        feistel(&left, &right);
        left += (uint32_t)position;
        feistel(&left, &right);
        int64_t best = 0;
        for (int64_t i = 1; i < k; i++)
            if (row[i] > row[best]) best = i;
        float most = row[best] + gumbel(bits_of(left, right, (uint32_t)best));
        for (int64_t i = 0; i < k; i++) {
            if (row[i] < most - 17.4f) continue;
            uint32_t bits = bits_of(left, right, (uint32_t)i);
            if (row[i] + bound(bits) < most) continue;
            float noisy = row[i] + gumbel(bits);
            if (noisy > most || (noisy == most && i < best)) most = noisy, best = i;
        }
        codes[r] = best;
    }
}

/* ---- what is recorded ---------------------------------------------------------------------- */

/* The largest logit, the logarithm of the sum of exp(l - largest), and the sum of
 * exp(l - largest) (l - largest) over that sum. Codes beyond the last sixteen are added singly. */
INLINE void spread(const float *l, int64_t k, float *top, float *log_sum, float *mean) {
    int64_t whole = k - k % LANES;
    float rest[LANES];
    for (int i = 0; i < LANES; i++) rest[i] = whole + i < k ? l[whole + i] : -INFINITY;
    *top = largest(rest, LANES);
    if (whole) {
        float most = largest(l, whole);
        *top = most > *top ? most : *top;
    }
    vf total[PARTS] = {0}, weighted[PARTS] = {0};
    for (int64_t i = 0; i <= whole; i += LANES)
        UNROLL for (int u = 0; u < PARTS; u++) {
            vf v = load((i < whole ? l + i : rest) + u * WIDTH) - *top;
            v = larger(v, all(-100.0f)); /* so that nought times minus infinity stays nought */
            vf e = exponential(v);
            total[u] += e;
            weighted[u] += e * v;
        }
    float s = sum(total);
    *log_sum = logf(s);
    *mean = sum(weighted) / s;
}

/* What Steps records of each row of guided and conditional logits [b k]; conditional may be null,
 * where nothing guides. top_* are [b top], likeliest first, equals in the order of the codes. */
PUBLIC void dalle_look(const float *guided, const float *conditional, int64_t rows, int64_t k,
                const int64_t *codes, int64_t top, float *log_p, float *alone, float *entropy,
                int64_t *rank, int64_t *top_codes, float *top_log_p, float *top_alone) {
    for (int64_t r = 0; r < rows; r++) {
        const float *l = guided + r * k, *lone = conditional ? conditional + r * k : l;
        float most, log_sum, mean, lone_most, lone_log_sum, unused;
        spread(l, k, &most, &log_sum, &mean);
        lone_most = most, lone_log_sum = log_sum;
        if (conditional) spread(lone, k, &lone_most, &lone_log_sum, &unused);
        const float mine = (l[codes[r]] - most) - log_sum;
        log_p[r] = mine;
        alone[r] = (lone[codes[r]] - lone_most) - lone_log_sum;
        entropy[r] = log_sum - mean;
        int32_t above = 0;
        for (int64_t i = 0; i < k; i++) above += ((l[i] - most) - log_sum) > mine;
        rank[r] = above;
        int64_t *best = top_codes + r * top, n = 0;
        for (int64_t i = 0; i < k; i++) {
            if (n == top && !(l[i] > l[best[n - 1]])) continue;
            int64_t at = n < top ? n++ : n - 1;
            for (; at && l[i] > l[best[at - 1]]; at--) best[at] = best[at - 1];
            best[at] = i;
        }
        for (int64_t i = 0; i < top; i++) {
            top_log_p[r * top + i] = (l[best[i]] - most) - log_sum;
            top_alone[r * top + i] = (lone[best[i]] - lone_most) - lone_log_sum;
        }
    }
}
