/** An exact fraction, not necessarily in lowest terms. The denominator is never 0 and may be negative. */
export interface Rational {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

export function whole(number: bigint | number): Rational {
  return { numerator: BigInt(number), denominator: 1n };
}

export function sum(left: Rational, right: Rational): Rational {
  return {
    numerator: left.numerator * right.denominator + right.numerator * left.denominator,
    denominator: left.denominator * right.denominator,
  };
}

export function product(left: Rational, right: Rational): Rational {
  return { numerator: left.numerator * right.numerator, denominator: left.denominator * right.denominator };
}

export function negative({ numerator, denominator }: Rational): Rational {
  return { numerator: -numerator, denominator };
}

/** 1 / value; null for 0, which has none. */
export function reciprocal({ numerator, denominator }: Rational): Rational | null {
  return numerator === 0n ? null : { numerator: denominator, denominator: numerator };
}

export function areEqual(left: Rational, right: Rational): boolean {
  return left.numerator * right.denominator === right.numerator * left.denominator;
}
