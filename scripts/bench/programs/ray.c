/* A ray tracer of spheres with reflection. */
#include <math.h>

#include "bench.h"

typedef struct { double x, y, z; } Vector;
typedef struct { Vector center; double radius; Vector color; double mirror; } Sphere;

static Sphere spheres[12];

static Vector add(Vector a, Vector b) { return (Vector){a.x + b.x, a.y + b.y, a.z + b.z}; }
static Vector scale(Vector a, double s) { return (Vector){a.x * s, a.y * s, a.z * s}; }
static double dot(Vector a, Vector b) { return a.x * b.x + a.y * b.y + a.z * b.z; }
static Vector unit(Vector a) { return scale(a, 1 / sqrt(dot(a, a))); }

static double hit(const Sphere *s, Vector from, Vector to) {
    Vector d = add(from, scale(s->center, -1));
    double b = dot(d, to), c = dot(d, d) - s->radius * s->radius, disc = b * b - c;
    if (disc < 0) return 1e30;
    double root = sqrt(disc), near = -b - root;
    if (near > 1e-4) return near;
    return -b + root > 1e-4 ? -b + root : 1e30;
}

static Vector trace(Vector from, Vector to, int depth) {
    const Sphere *best = NULL;
    double distance = 1e30;
    for (int i = 0; i < 12; i++) {
        double d = hit(&spheres[i], from, to);
        if (d < distance) distance = d, best = &spheres[i];
    }
    if (!best) return (Vector){0.2, 0.3, 0.5 + 0.4 * to.y};
    Vector at = add(from, scale(to, distance)), normal = unit(add(at, scale(best->center, -1))), light = unit((Vector){1, 2, -1});
    double bright = dot(normal, light);
    for (int i = 0; bright > 0 && i < 12; i++)
        if (hit(&spheres[i], at, light) < 1e29) bright = 0;
    Vector color = scale(best->color, 0.1 + (bright > 0 ? bright : 0));
    if (depth < 4 && best->mirror > 0) {
        Vector away = add(to, scale(normal, -2 * dot(to, normal)));
        color = add(scale(color, 1 - best->mirror), scale(trace(at, away, depth + 1), best->mirror));
    }
    return color;
}

static uint64_t work(void) {
    for (int i = 0; i < 12; i++)
        spheres[i] = (Sphere){{i % 4 * 2.0 - 3, i / 4 * 2.0 - 2, 6 + i % 3}, 0.9, {0.3 + i * 0.05, 0.9 - i * 0.05, 0.5}, i % 2 * 0.4 + 0.1};
    uint64_t sum = 0;
    for (int y = 0; y < 1500; y++)
        for (int x = 0; x < 2100; x++) {
            Vector color = trace((Vector){0, 0, -4}, unit((Vector){(x - 1050) / 1200.0, (750 - y) / 1200.0, 1}), 0);
            sum = mix(sum, (uint64_t)(color.x * 255) << 16 | (uint64_t)(color.y * 255) << 8 | (uint64_t)(color.z * 255));
        }
    return sum;
}
