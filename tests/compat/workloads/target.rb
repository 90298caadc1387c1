# A Ruby program: 41 objects, 41 calls of one method, 3 collections.
class Target
  def step
  end
end

def work
  41.times { Target.new.step }
  3.times { GC.start }
end

$stdout.sync = true
puts "ready"
gets
work
puts "done"
$stdin.read
