#nullable disable
namespace SourceGen.Rpc.Codec.Tests.Golden;

/// <summary>Every type of the golden cases as a result, so that the generator emits its serializer.</summary>
[Service]
public partial interface IGolden
{
    ValueTask<string> Result000();

    ValueTask<bool> Result001();

    ValueTask<bool?> Result002();

    ValueTask<int> Result003();

    ValueTask<long> Result004();

    ValueTask<uint> Result005();

    ValueTask<ulong> Result006();

    ValueTask<byte> Result007();

    ValueTask<sbyte> Result008();

    ValueTask<short> Result009();

    ValueTask<ushort> Result010();

    ValueTask<int?> Result011();

    ValueTask<ulong?> Result012();

    ValueTask<double?> Result013();

    ValueTask<Guid?> Result014();

    ValueTask<DateTime?> Result015();

    ValueTask<float> Result016();

    ValueTask<double> Result017();

    ValueTask<char> Result018();

    ValueTask<byte[]> Result019();

    ValueTask<Memory<byte>> Result020();

    ValueTask<ReadOnlyMemory<byte>> Result021();

    ValueTask<Memory<byte>?> Result022();

    ValueTask<List<byte>> Result023();

    ValueTask<IList<byte>> Result024();

    ValueTask<IEnumerable<byte>> Result025();

    ValueTask<decimal> Result026();

    ValueTask<decimal?> Result027();

    ValueTask<Guid> Result028();

    ValueTask<DateTime> Result029();

    ValueTask<DateTimeOffset> Result030();

    ValueTask<TimeSpan> Result031();

    ValueTask<TimeSpan?> Result032();

    ValueTask<Color> Result033();

    ValueTask<ByteEnum> Result034();

    ValueTask<SByteEnum> Result035();

    ValueTask<ShortEnum> Result036();

    ValueTask<UShortEnum> Result037();

    ValueTask<UIntEnum> Result038();

    ValueTask<LongEnum> Result039();

    ValueTask<ULongEnum> Result040();

    ValueTask<Access> Result041();

    ValueTask<Color?> Result042();

    ValueTask<DayOfWeek> Result043();

    ValueTask<int[]> Result044();

    ValueTask<string[]> Result045();

    ValueTask<bool[]> Result046();

    ValueTask<double[]> Result047();

    ValueTask<float[]> Result048();

    ValueTask<char[]> Result049();

    ValueTask<sbyte[]> Result050();

    ValueTask<short[]> Result051();

    ValueTask<ushort[]> Result052();

    ValueTask<uint[]> Result053();

    ValueTask<long[]> Result054();

    ValueTask<ulong[]> Result055();

    ValueTask<int?[]> Result056();

    ValueTask<Color[]> Result057();

    ValueTask<DateTime[]> Result058();

    ValueTask<int[][]> Result059();

    ValueTask<byte[][]> Result060();

    ValueTask<List<int>> Result061();

    ValueTask<List<string>> Result062();

    ValueTask<List<List<int>>> Result063();

    ValueTask<HashSet<int>> Result064();

    ValueTask<IEnumerable<int>> Result065();

    ValueTask<IList<string>> Result066();

    ValueTask<ICollection<int>> Result067();

    ValueTask<IReadOnlyList<int>> Result068();

    ValueTask<IReadOnlyCollection<int>> Result069();

    ValueTask<ISet<int>> Result070();

    ValueTask<IReadOnlySet<int>> Result071();

    ValueTask<IList<int>> Result072();

    ValueTask<IReadOnlyDictionary<string, int>> Result073();

    ValueTask<IDictionary<string, int>> Result074();

    ValueTask<Dictionary<string, int>> Result075();

    ValueTask<Dictionary<int, string>> Result076();

    ValueTask<Dictionary<Color, int>> Result077();

    ValueTask<Dictionary<Guid, bool>> Result078();

    ValueTask<Dictionary<DateTime, int>> Result079();

    ValueTask<Dictionary<(int, int), string>> Result080();

    ValueTask<Dictionary<string, List<int>>> Result081();

    ValueTask<Dictionary<long, Dictionary<string, bool?>>> Result082();

    ValueTask<Dictionary<int, int>> Result083();

    ValueTask<Dictionary<int, bool>> Result084();

    ValueTask<KeyValuePair<string, int>> Result085();

    ValueTask<Tuple<int>> Result086();

    ValueTask<Tuple<int, string>> Result087();

    ValueTask<Tuple<int, int, int>> Result088();

    ValueTask<Tuple<int, int, int, int>> Result089();

    ValueTask<Tuple<int, int, int, int, int>> Result090();

    ValueTask<Tuple<int, int, int, int, int, int>> Result091();

    ValueTask<Tuple<int, int, int, int, int, int, int>> Result092();

    ValueTask<Tuple<int, int, int, int, int, int, int, Tuple<int>>> Result093();

    ValueTask<Tuple<int, int>> Result094();

    ValueTask<ValueTuple<int>> Result095();

    ValueTask<(int, string)> Result096();

    ValueTask<(int, int, int)> Result097();

    ValueTask<(int, int, int, int)> Result098();

    ValueTask<(int, int, int, int, int)> Result099();

    ValueTask<(int, int, int, int, int, int)> Result100();

    ValueTask<(int, int, int, int, int, int, int)> Result101();

    ValueTask<ValueTuple<int, int, int, int, int, int, int, ValueTuple<int>>> Result102();

    ValueTask<ValueTuple<int, int, int, int, int, int, int, (int, int, int)>> Result103();

    ValueTask<(int, int)?> Result104();

    ValueTask<Point> Result105();

    ValueTask<Gaps> Result106();

    ValueTask<OutOfOrder> Result107();

    ValueTask<Wide16> Result108();

    ValueTask<Fields> Result109();

    ValueTask<PointStruct> Result110();

    ValueTask<PointStruct?> Result111();

    ValueTask<ReadOnlyPoint> Result112();

    ValueTask<PersonRecord> Result113();

    ValueTask<PairRecord> Result114();

    ValueTask<TempRecord> Result115();

    ValueTask<AllPrimitives> Result116();

    ValueTask<Members> Result117();

    ValueTask<WithIgnored> Result118();

    ValueTask<CtorBound> Result119();

    ValueTask<InitRequired> Result120();

    ValueTask<PartlyPrivate> Result121();

    ValueTask<Nullables> Result122();

    ValueTask<List<Point>> Result123();

    ValueTask<Dictionary<string, Point>> Result124();

    ValueTask<StringKeys> Result125();

    ValueTask<ByName> Result126();

    ValueTask<ByNameStruct> Result127();

    ValueTask<PropsAndFields> Result128();

    ValueTask<ByNameRecord> Result129();

    ValueTask<UnicodeKeys> Result130();

    ValueTask<LongKey> Result131();

    ValueTask<ByNameGetterOnly> Result132();

    ValueTask<CtorByName> Result133();

    ValueTask<InitByName> Result134();

    ValueTask<DerivedKeyed> Result135();

    ValueTask<OverridesKeyed> Result136();

    ValueTask<BaseKeyed> Result137();

    ValueTask<DerivedNamed> Result138();

    ValueTask<MixDerived> Result139();

    ValueTask<KeyedMixDerived> Result140();

    ValueTask<PocoMixDerived> Result141();

    ValueTask<DerivedStringKeyed> Result142();

    ValueTask<Outer> Result143();

    ValueTask<Node> Result144();

    ValueTask<Tree> Result145();

    ValueTask<Box<int>> Result146();

    ValueTask<Box<string>> Result147();

    ValueTask<Box<Box<List<int>>>> Result148();

    ValueTask<Result<int, string>> Result149();

    ValueTask<Poco> Result150();

    ValueTask<PocoNested> Result151();

    ValueTask<PocoStruct> Result152();

    ValueTask<PocoRecord> Result153();

    ValueTask<PocoRecordStruct> Result154();

    ValueTask<PocoMixed> Result155();

    ValueTask<PocoDerived> Result156();

    ValueTask<PocoDataMember> Result157();

    ValueTask<List<PocoRecord>> Result158();
}
