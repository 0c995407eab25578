// Each test counts what belongs to the whole process.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
