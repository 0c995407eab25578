// Whoever listens listens to the whole process.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
