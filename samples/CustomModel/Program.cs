using System.Globalization;
using CustomModel;
using Latent;
using Latent.Data;

#region fit
// Deaths of women over 80 announced per day in The Times, 1910-1912, and the number of days with that many
// [Hasselblad1969]. EM needs thousands of iterations here: stopping when steps are small would stop too early.
double[] deaths = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
double[] days = [162, 267, 271, 185, 111, 61, 27, 8, 3, 1];
RowSource data = RowSource.From(deaths).WithWeights(days);

EmResult<PoissonPair> fit = Em.Fit(new PoissonPairModel(), data, start: new PoissonPair(Share: 0.3, First: 1, Second: 2.5));
#endregion

CultureInfo culture = CultureInfo.InvariantCulture;
Console.WriteLine(string.Create(culture, $"share          {fit.Parameters.Share:F4}"));
Console.WriteLine(string.Create(culture, $"rates          {fit.Parameters.First:F4} {fit.Parameters.Second:F4}"));
Console.WriteLine(string.Create(culture, $"log-likelihood {fit.LogLikelihood:F6}"));
Console.WriteLine(string.Create(culture, $"stopped        {fit.StopReason} after {fit.Iterations} iterations, {fit.RemainingGain:E1} nats to gain"));
