namespace SourceGen.Rpc.PubSub.Direct;

/// <summary>A queue that can also be put to at its beginning. Not thread safe.</summary>
internal sealed class ParcelQueue
{
    private Parcel[] _ring = [];
    private int _head;

    public int Count { get; private set; }

    public void Add(Parcel parcel)
    {
        if (Count == _ring.Length) Grow();
        _ring[(_head + Count++) & (_ring.Length - 1)] = parcel;
    }

    public void AddFirst(Parcel parcel)
    {
        if (Count == _ring.Length) Grow();
        _head = (_head - 1) & (_ring.Length - 1);
        _ring[_head] = parcel;
        Count++;
    }

    public Parcel First => _ring[_head];

    public Parcel Take()
    {
        Parcel taken = _ring[_head];
        _ring[_head] = null!;
        _head = (_head + 1) & (_ring.Length - 1);
        Count--;
        return taken;
    }

    private void Grow()
    {
        Parcel[] larger = new Parcel[Math.Max(16, _ring.Length * 2)];
        for (int i = 0; i < Count; i++) larger[i] = _ring[(_head + i) & (_ring.Length - 1)];
        _ring = larger;
        _head = 0;
    }
}
