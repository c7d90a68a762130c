namespace Latent.Tests.Markov;

/// <summary>
/// The recursions of hmmlearn's scaling implementation as its documentation and Rabiner's tutorial have them [Rabiner1989, eqs. 91–95], in plain loops: cₜ = 1/Σα,
/// α̂ = cα, β̂ with the same c, γ = α̂β̂/c, ξ = α̂Abβ̂.
/// </summary>
internal static class NaiveBaumWelch
{
    public static (double LogLikelihood, double[] Posteriors, double[] Transitions) Run(double[] initial, double[] transition, double[][] logDensities)
    {
        int states = initial.Length;
        int steps = logDensities.Length;
        double[,] b = new double[steps, states];
        double[,] alpha = new double[steps, states];
        double[,] beta = new double[steps, states];
        double[] scale = new double[steps];
        double logLikelihood = 0;
        for (int t = 0; t < steps; t++)
        {
            double most = logDensities[t].Max();
            logLikelihood += most;
            for (int j = 0; j < states; j++)
            {
                b[t, j] = Math.Exp(logDensities[t][j] - most);
                double reached = t == 0 ? initial[j] : 0;
                for (int i = 0; i < states && t > 0; i++)
                {
                    reached += alpha[t - 1, i] * transition[i * states + j];
                }
                alpha[t, j] = reached * b[t, j];
                scale[t] += alpha[t, j];
            }
            scale[t] = 1 / scale[t];
            logLikelihood -= Math.Log(scale[t]);
            for (int j = 0; j < states; j++)
            {
                alpha[t, j] *= scale[t];
            }
        }
        for (int t = steps - 1; t >= 0; t--)
        {
            for (int i = 0; i < states; i++)
            {
                double sum = t == steps - 1 ? 1 : 0;
                for (int j = 0; j < states && t < steps - 1; j++)
                {
                    sum += transition[i * states + j] * b[t + 1, j] * beta[t + 1, j];
                }
                beta[t, i] = scale[t] * sum;
            }
        }
        double[] posteriors = new double[steps * states];
        double[] transitions = new double[states * states];
        for (int t = 0; t < steps; t++)
        {
            for (int i = 0; i < states; i++)
            {
                posteriors[t * states + i] = alpha[t, i] * beta[t, i] / scale[t];
                for (int j = 0; j < states && t > 0; j++)
                {
                    transitions[i * states + j] += alpha[t - 1, i] * transition[i * states + j] * b[t, j] * beta[t, j];
                }
            }
        }
        return (logLikelihood, posteriors, transitions);
    }
}
