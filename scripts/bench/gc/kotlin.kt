// Hash maps of words, a heap, generic containers, sealed classes, closures, strings and exceptions, as programs in Kotlin have them. `docs/languages/kotlin.md` says how to make
// a module of it, which `scripts/bench-gc.py` takes as an argument.

sealed interface Shape { val area: Double }
data class Circle(val r: Double) : Shape { override val area get() = 3.0 * r * r }
data class Box(val w: Double, val h: Double) : Shape { override val area get() = w * h }

class Heap<T : Comparable<T>> {
    private val items = ArrayList<T>()
    fun push(x: T) {
        items.add(x)
        var i = items.size - 1
        while (i > 0 && items[i] < items[(i - 1) / 2]) {
            val p = (i - 1) / 2
            val t = items[i]; items[i] = items[p]; items[p] = t
            i = p
        }
    }
    fun pop(): T? {
        if (items.isEmpty()) return null
        val top = items[0]
        val last = items.removeAt(items.size - 1)
        if (items.isNotEmpty()) {
            items[0] = last
            var i = 0
            while (true) {
                var c = 2 * i + 1
                if (c >= items.size) break
                if (c + 1 < items.size && items[c + 1] < items[c]) c++
                if (items[i] <= items[c]) break
                val t = items[i]; items[i] = items[c]; items[c] = t
                i = c
            }
        }
        return top
    }
}

fun main() {
    var seed = 42
    fun next(n: Int): Int { seed = seed * 1103515245 + 12345; return ((seed ushr 8) and 0x7fffff) % n }
    var check = 0L
    repeat(15) { round ->
        val counts = HashMap<String, Int>()
        repeat(20000) { val w = "w" + next(3000); counts[w] = (counts[w] ?: 0) + 1 }
        check += counts.entries.sortedWith(compareByDescending<Map.Entry<String, Int>> { it.value }.thenBy { it.key }).take(50).sumOf { it.value }
        val heap = Heap<Int>()
        repeat(20000) { heap.push(next(1000000)) }
        while (true) check += (heap.pop() ?: break) % 7
        val shapes: List<Shape> = List(20000) { if (next(2) == 0) Circle(it.toDouble()) else Box(it.toDouble(), 2.0) }
        check += shapes.filter { it is Circle || it.area > 100 }.map { it.area }.sum().toLong() % 1000
        val text = StringBuilder()
        for (s in shapes.take(500)) text.append(s).append('\n')
        check += text.length
        for (i in 0 until 2000) try { if (i % 3 == 0) throw IllegalStateException("no $i") else check++ } catch (e: IllegalStateException) { check += e.message!!.length }
    }
    println(check)
}
