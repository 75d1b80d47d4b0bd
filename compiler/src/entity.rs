//! Typed ids into arenas, and the arenas.
//!
//! Everything in the compiler refers to everything else by a `u32` id of its own type; an id means something only
//! together with the arena that made it. Ids are dense from 0, so side tables are plain vectors ([`SideMap`]).

use std::fmt;
use std::marker::PhantomData;
use std::ops::{Index, IndexMut};

/// A dense `u32` id.
pub trait EntityId: Copy + Eq + Ord + std::hash::Hash + fmt::Debug {
    /// The id with this number.
    fn from_u32(n: u32) -> Self;
    /// The number.
    fn as_u32(self) -> u32;
    /// The number as an index.
    fn index(self) -> usize {
        self.as_u32() as usize
    }
}

/// Defines an id type: `entity_id!(/// doc; Value, "v")` makes `Value`, printed as `v12`.
#[macro_export]
macro_rules! entity_id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(u32);
        impl $crate::entity::EntityId for $name {
            fn from_u32(n: u32) -> Self {
                $name(n)
            }
            fn as_u32(self) -> u32 {
                self.0
            }
        }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, concat!($prefix, "{}"), self.0)
            }
        }
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                std::fmt::Display::fmt(self, f)
            }
        }
    };
}

/// An arena: owns the `V`s and hands out their ids.
#[derive(Clone)]
pub struct Arena<K, V> {
    items: Vec<V>,
    marker: PhantomData<K>,
}

impl<K: EntityId, V> Arena<K, V> {
    /// An empty arena.
    pub fn new() -> Self {
        Arena {
            items: Vec::new(),
            marker: PhantomData,
        }
    }
    /// Makes room for so many more.
    pub fn reserve(&mut self, count: usize) {
        self.items.reserve(count);
    }
    /// Adds an item and returns its id.
    pub fn push(&mut self, value: V) -> K {
        let id = self.next_id();
        self.items.push(value);
        id
    }
    /// The id that the next `push` returns.
    pub fn next_id(&self) -> K {
        K::from_u32(u32::try_from(self.items.len()).expect("more than 2^32 entities"))
    }
    /// Number of items.
    pub fn len(&self) -> usize {
        self.items.len()
    }
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }
    /// The item, unless the id is out of range.
    pub fn get(&self, id: K) -> Option<&V> {
        self.items.get(id.index())
    }
    /// All ids in order.
    pub fn ids(&self) -> impl DoubleEndedIterator<Item = K> + ExactSizeIterator + use<K, V> {
        (0..self.items.len() as u32).map(K::from_u32)
    }
    /// Ids and items in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (K, &V)> + ExactSizeIterator {
        self.items
            .iter()
            .enumerate()
            .map(|(i, v)| (K::from_u32(i as u32), v))
    }
    /// Ids and items in order, mutable.
    pub fn iter_mut(&mut self) -> impl DoubleEndedIterator<Item = (K, &mut V)> + ExactSizeIterator {
        self.items
            .iter_mut()
            .enumerate()
            .map(|(i, v)| (K::from_u32(i as u32), v))
    }
    /// The items in order.
    pub fn values(&self) -> std::slice::Iter<'_, V> {
        self.items.iter()
    }
}

impl<K: EntityId, V> Default for Arena<K, V> {
    fn default() -> Self {
        Arena::new()
    }
}

impl<K: EntityId, V> FromIterator<V> for Arena<K, V> {
    fn from_iter<I: IntoIterator<Item = V>>(iter: I) -> Self {
        Arena {
            items: iter.into_iter().collect(),
            marker: PhantomData,
        }
    }
}

impl<K: EntityId, V> Index<K> for Arena<K, V> {
    type Output = V;
    fn index(&self, id: K) -> &V {
        &self.items[id.index()]
    }
}

impl<K: EntityId, V> IndexMut<K> for Arena<K, V> {
    fn index_mut(&mut self, id: K) -> &mut V {
        &mut self.items[id.index()]
    }
}

impl<K: EntityId + fmt::Debug, V: fmt::Debug> fmt::Debug for Arena<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

/// A side table: a value for every id, `default` where nothing was stored.
#[derive(Clone, Debug)]
pub struct SideMap<K, V> {
    items: Vec<V>,
    default: V,
    marker: PhantomData<K>,
}

impl<K: EntityId, V: Clone> SideMap<K, V> {
    /// A table that answers `default` everywhere, with room for `len` ids.
    pub fn new(default: V, len: usize) -> Self {
        SideMap {
            items: vec![default.clone(); len],
            default,
            marker: PhantomData,
        }
    }
}

impl<K: EntityId, V> Index<K> for SideMap<K, V> {
    type Output = V;
    fn index(&self, id: K) -> &V {
        self.items.get(id.index()).unwrap_or(&self.default)
    }
}

impl<K: EntityId, V: Clone> IndexMut<K> for SideMap<K, V> {
    fn index_mut(&mut self, id: K) -> &mut V {
        let i = id.index();
        if i >= self.items.len() {
            self.items.resize(i + 1, self.default.clone());
        }
        &mut self.items[i]
    }
}
