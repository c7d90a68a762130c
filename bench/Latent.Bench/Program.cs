using Latent.Bench;

switch (args.FirstOrDefault())
{
    case "kernels":
        KernelTables.Run(args.ElementAtOrDefault(1) ?? "all");
        return 0;
    default:
        Console.Error.WriteLine("usage: Latent.Bench kernels [exp|full|diagonal|tile]");
        return 2;
}
