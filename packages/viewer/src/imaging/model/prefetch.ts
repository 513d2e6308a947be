/** Which slices to fetch next: those not yet there, nearest first, the side one scrolls to before the other. */
export function prefetchOrder(count: number, current: number, direction: 1 | -1 = 1): readonly number[] {
  const order: number[] = [];
  for (let distance = 0; distance < count && order.length < count; distance += 1) {
    for (const index of distance === 0 ? [current] : [current + distance * direction, current - distance * direction]) {
      if (index >= 0 && index < count) {
        order.push(index);
      }
    }
  }
  return order;
}
