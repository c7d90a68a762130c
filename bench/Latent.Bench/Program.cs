using System.Globalization;
using Latent.Bench;
using Latent.Bench.Compare;
using Latent.Bench.Coverage;
using Latent.Bench.Gap;
using Latent.Bench.HitRate;
using Latent.Bench.Incomplete;
using Latent.Bench.Large;
using Latent.Bench.Soak;
using Latent.Families;

switch (args)
{
    case ["compare", .. string[] works]:
        return Comparison.Run(works);
    case ["kernels", .. string[] rest]:
        KernelTables.Run(rest.FirstOrDefault() ?? "all");
        return 0;
    case ["mixtures", .. string[] rest]:
        MixtureTables.Run(rest.FirstOrDefault() ?? "all");
        return 0;
    case ["markov", .. string[] rest]:
        MarkovTables.Run(rest.FirstOrDefault());
        return 0;
    case ["coverage", .. string[] rest]:
        CoverageStudy.Run(int.Parse(rest.FirstOrDefault() ?? "1000", CultureInfo.InvariantCulture));
        return 0;
    case ["imputation", .. string[] rest]:
        ImputationStudy.Run(int.Parse(rest.FirstOrDefault() ?? "1000", CultureInfo.InvariantCulture));
        return 0;
    case ["lca", string path, .. string[] rest]:
        LatentClassTables.Print(path, int.Parse(rest.FirstOrDefault() ?? "5", CultureInfo.InvariantCulture));
        return 0;
    case ["families"]:
        return FamilySizes.Run();
    case ["fuzz", .. string[] rest]:
        return FuzzRun.Run(int.Parse(rest.FirstOrDefault() ?? "10000", CultureInfo.InvariantCulture), rest.Length > 1 ? rest[1].Split(',') : [.. FamilyCatalog.Names]);
    case ["incomplete", .. string[] rest]:
        return IncompleteTables.Run(rest);
    case ["hitrate", .. string[] rest]:
        return HitRateStudy.Run(rest);
    case ["gap"]:
        GapStudy.Run();
        return 0;
    case ["large", "mapped", string folder, .. string[] rest]:
        return LargeTables.Mapped(folder, long.Parse(rest.FirstOrDefault() ?? "100000000", CultureInfo.InvariantCulture));
    case ["large", "text", string folder, .. string[] rest]:
        return LargeTables.Text(folder, long.Parse(rest.FirstOrDefault() ?? "5000000000", CultureInfo.InvariantCulture));
    case ["large", "online", .. string[] rest]:
        return OnlineStudy.Run(rest);
    case ["large", "scaling", .. string[] rest]:
        return ScalingModel.Run(long.Parse(rest.FirstOrDefault() ?? "100000000", CultureInfo.InvariantCulture));
    case ["soak", .. string[] rest]:
        return SoakStudy.Run(
            int.Parse(rest.ElementAtOrDefault(0) ?? "10000", CultureInfo.InvariantCulture), int.Parse(rest.ElementAtOrDefault(1) ?? "0", CultureInfo.InvariantCulture));
    case ["topics", string corpus, .. string[] rest]:
        TopicTables.Run(corpus, int.Parse(rest.FirstOrDefault() ?? "2", CultureInfo.InvariantCulture));
        return 0;
    default:
        Console.Error.WriteLine("usage: Latent.Bench compare [WORK...] | kernels [exp|full|diagonal|tile] | mixtures [full|diagonal|spherical|tied] | markov [FOLDER] | coverage [REPLICATES] | hitrate | gap | topics CORPUS.ldac [THREADS] | soak [FITS [FIRST]] | fuzz [FITS [FAMILY,…]] | families | incomplete [FILE.npy] | imputation [REPLICATES] | large mapped FOLDER [ROWS] | large text FOLDER [BYTES] | large online [FILE.npy:K:full|diag | ROWS:K:full|diag:SEPARATION ...] | large scaling [ROWS]");
        return 2;
}
