using MathNet.Numerics.LinearAlgebra;

namespace Latent.Engine;

/// <summary>The observed information of the free coordinates, and what was learnt on the way.</summary>
/// <param name="Value">A = −∂²(log-likelihood + log-prior), symmetrised.</param>
/// <param name="Error">An estimate of the numerical error of each element.</param>
/// <param name="Unit">The information one would expect of each coordinate if it were well determined: positive, the scale of <paramref name="Value"/>.</param>
/// <param name="Residual">What the gradient that is left at the estimate may add to or take from the curvature of a direction, on the scale of <paramref name="Unit"/>.</param>
/// <param name="Gradient">The gradient of the objective; null where only the objective is known.</param>
/// <param name="Products">B = Σ w·s·sᵀ; null without scores.</param>
internal sealed record Information(Matrix<double> Value, Matrix<double> Error, double[] Unit, double Residual, Vector<double>? Gradient, Matrix<double>? Products);
