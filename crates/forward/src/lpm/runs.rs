//! Runs of up to 64 neighbouring elements in one flat array.

/// An array that gives out runs, and takes them back to give them out again. Its elements are aligned
/// like `A`.
#[derive(Clone, Debug)]
pub struct Runs<T, A = ()> {
    elements: Vec<Element<T, A>>,
    /// First positions of runs given back, by length.
    free: Vec<Vec<u32>>,
}

#[derive(Clone, Copy, Debug)]
struct Element<T, A> {
    element: T,
    _aligned: [A; 0],
}

impl<T, A> Default for Runs<T, A> {
    fn default() -> Runs<T, A> {
        Runs { elements: Vec::new(), free: vec![Vec::new(); 65] }
    }
}

impl<T: Copy, A: Copy> Runs<T, A> {
    /// The element at a position.
    #[inline]
    pub fn at(&self, position: u32) -> &T {
        &self.elements[position as usize].element
    }

    /// The element at a position, to change.
    pub fn at_mut(&mut self, position: u32) -> &mut T {
        &mut self.elements[position as usize].element
    }

    /// A new run of one.
    pub fn single(&mut self, element: T) -> u32 {
        let start = self.take(1, element);
        self.elements[start as usize].element = element;
        start
    }

    /// Puts an element into a run; where the run begins now.
    pub fn insert(&mut self, start: u32, length: u32, at: u32, element: T) -> u32 {
        if length == 0 {
            return self.single(element);
        }
        let new = self.take(length + 1, element);
        self.copy(start, new, at);
        self.elements[(new + at) as usize].element = element;
        self.copy(start + at, new + at + 1, length - at);
        self.give_back(start, length);
        new
    }

    /// Takes an element out of a run; where the run begins now, if anything is left.
    pub fn remove(&mut self, start: u32, length: u32, at: u32) -> u32 {
        if length == 1 {
            self.give_back(start, 1);
            return 0;
        }
        let new = self.take(length - 1, self.elements[start as usize].element);
        self.copy(start, new, at);
        self.copy(start + at + 1, new + at, length - at - 1);
        self.give_back(start, length);
        new
    }

    /// Takes a run back.
    pub fn give_back(&mut self, start: u32, length: u32) {
        self.free[length as usize].push(start);
    }

    fn take(&mut self, length: u32, filler: T) -> u32 {
        if let Some(start) = self.free[length as usize].pop() {
            return start;
        }
        let start = self.elements.len();
        self.elements.resize(start + length as usize, Element { element: filler, _aligned: [] });
        u32::try_from(start).expect("fewer than 2^32 elements")
    }

    fn copy(&mut self, from: u32, to: u32, length: u32) {
        let from = from as usize..(from + length) as usize;
        self.elements.copy_within(from, to as usize);
    }
}
