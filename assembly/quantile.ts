/**
 * The quantile function of the normal distribution, z with P(N(0, 1) < z) = p, for 0 < p < 1. Algorithm AS 241, PPND16
 * (Wichura, Applied Statistics 37, 1988): rational functions of degree 7, relative error about 1e-16. Float64
 * arithmetic and log64 only, so the same bits everywhere.
 */
import { log64 } from "./scalar";

/** A polynomial of degree 7, its highest coefficient first. */
// @ts-ignore: decorator
@inline
function polynomial(x: f64, c7: f64, c6: f64, c5: f64, c4: f64, c3: f64, c2: f64, c1: f64, c0: f64): f64 {
  return ((((((c7 * x + c6) * x + c5) * x + c4) * x + c3) * x + c2) * x + c1) * x + c0;
}

// prettier-ignore
function central(r: f64): f64 {
  const numerator = polynomial(r,
    2.5090809287301226727e3, 3.3430575583588128105e4, 6.7265770927008700853e4, 4.5921953931549871457e4,
    1.3731693765509461125e4, 1.9715909503065514427e3, 1.3314166789178437745e2, 3.3871328727963666080,
  );
  const denominator = polynomial(r,
    5.2264952788528545610e3, 2.8729085735721942674e4, 3.9307895800092710610e4, 2.1213794301586595867e4,
    5.3941960214247511077e3, 6.8718700749205790830e2, 4.2313330701600911252e1, 1,
  );
  return numerator / denominator;
}

// prettier-ignore
function near(r: f64): f64 {
  const numerator = polynomial(r,
    7.74545014278341407640e-4, 2.27238449892691845833e-2, 2.41780725177450611770e-1, 1.27045825245236838258,
    3.64784832476320460504, 5.76949722146069140550, 4.63033784615654529590, 1.42343711074968357734,
  );
  const denominator = polynomial(r,
    1.05075007164441684324e-9, 5.47593808499534494600e-4, 1.51986665636164571966e-2, 1.48103976427480074590e-1,
    6.89767334985100004550e-1, 1.67638483018380384940, 2.05319162663775882187, 1,
  );
  return numerator / denominator;
}

// prettier-ignore
function far(r: f64): f64 {
  const numerator = polynomial(r,
    2.01033439929228813265e-7, 2.71155556874348757815e-5, 1.24266094738807843860e-3, 2.65321895265761230930e-2,
    2.96560571828504891230e-1, 1.78482653991729133580, 5.46378491116411436990, 6.65790464350110377720,
  );
  const denominator = polynomial(r,
    2.04426310338993978564e-15, 1.42151175831644588870e-7, 1.84631831751005468180e-5, 7.86869131145613259100e-4,
    1.48753612908506148525e-2, 1.36929880922735805310e-1, 5.99832206555887937690e-1, 1,
  );
  return numerator / denominator;
}

export function normalQuantile(p: f64): f64 {
  const q = p - 0.5;
  if (abs(q) <= 0.425) return q * central(0.180625 - q * q);
  const r = sqrt<f64>(-log64(q < 0 ? p : 1 - p));
  const z = r <= 5 ? near(r - 1.6) : far(r - 5);
  return q < 0 ? -z : z;
}
